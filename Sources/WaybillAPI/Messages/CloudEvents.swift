import Foundation
import WaybillCore

/// Messages that come as CloudEvents 1.0 in their structured form: one object, or an array of them.
///
/// | attribute | becomes |
/// |---|---|
/// | `id`, `type` | the id and the tag of the message |
/// | `subject` | a key |
/// | `partitionkey` | the message group |
/// | `traceparent` | the trace context, unless the request has one |
/// | `data`, `data_base64` | the body |
/// | any other | a property of its name |
enum CloudEvents {
    static let type = "application/cloudevents+json"
    static let batchType = "application/cloudevents-batch+json"

    private static let nameBytesMax = 64

    /// The messages of a request whose body is one event, or a batch.
    static func read(
        _ body: [UInt8], isBatch: Bool, to topic: TopicName, countMax: Int, _ call: Call
    ) throws(Problem) -> [NewMessage] {
        guard !body.isEmpty else { throw Problem(.badJSON, "there is no body; a CloudEvent is wanted") }
        try StrictJSON.check(body, at: "")
        guard isBatch else { return [try event(body, at: "", to: topic, call)] }
        var elements: [[UInt8]] = []
        do throws(JSONProblem) {
            try JSONReader.read(body) { reader throws(JSONProblem) in
                try reader.array { reader throws(JSONProblem) in elements.append(try reader.rawValue()) }
            }
        } catch {
            throw .badJSON(error)
        }
        guard elements.count <= countMax else { throw .tooMany("events", elements.count, countMax) }
        var messages: [NewMessage] = []
        for (index, element) in elements.enumerated() {
            messages.append(try event(element, at: "[\(index)]", to: topic, call))
        }
        return messages
    }

    private static func event(
        _ json: [UInt8], at path: String, to topic: TopicName, _ call: Call
    ) throws(Problem) -> NewMessage {
        var members: [(name: Text, json: [UInt8])] = []
        do throws(JSONProblem) {
            try JSONReader.read(json) { reader throws(JSONProblem) in
                try reader.object { name, reader throws(JSONProblem) in members.append((name, try reader.rawValue())) }
            }
        } catch {
            throw .badJSON(error, at: path)
        }
        let event = Attributes(members, at: path)
        guard try event.needed("specversion") == "1.0" else {
            throw .badData(event.place("specversion"), "only CloudEvents 1.0 are taken")
        }
        _ = try event.needed("source")
        var message = NewMessage(to: topic, body: try event.body())
        message.id = MessageID(try event.needed("id"))
        message.tag = try event.needed("type")
        if let subject = try event.text("subject") { message.keys = [subject] }
        message.messageGroup = try event.text("partitionkey")
        let trace = try event.text("traceparent")
        message.trace = call.trace ?? trace.flatMap { TraceParent.read($0.string) }
        message.lane = try call.lane()
        message.properties = try event.properties()
        return message
    }

    /// The attributes of one event.
    private struct Attributes {
        private let members: [(name: Text, json: [UInt8])]
        private let path: String
        /// Attributes for which a message has a field.
        private static let own: Set<Text> = [
            "specversion", "id", "type", "subject", "partitionkey", "traceparent", "data", "data_base64",
        ]

        init(_ members: [(name: Text, json: [UInt8])], at path: String) {
            // An attribute that is null is not there.
            self.members = members.filter { !$0.json.elementsEqual("null".utf8) }
            self.path = path
        }

        func place(_ name: Text) -> String { path.isEmpty ? name.string : "\(path).\(name)" }

        private func json(_ name: Text) -> [UInt8]? { members.first { $0.name == name }?.json }

        func text(_ name: Text) throws(Problem) -> Text? {
            guard let json = json(name) else { return nil }
            do throws(JSONProblem) {
                return try JSONReader.read(json) { reader throws(JSONProblem) in try reader.text() }
            } catch {
                throw .badData(place(name), error.message)
            }
        }

        func needed(_ name: Text) throws(Problem) -> Text {
            guard let text = try text(name), !text.isEmpty else {
                throw .badData(place(name), "a CloudEvent has this attribute, and it is not empty")
            }
            return text
        }

        /// The data as the bytes of a message.
        func body() throws(Problem) -> [UInt8] {
            let type = try text("datacontenttype")?.string.lowercased()
            switch (json("data"), try text("data_base64")) {
            case (nil, nil): return []
            case (.some, .some): throw .badData(place("data"), "data and data_base64 do not go together")
            case (nil, .some(let base64)):
                guard let data = Data(base64Encoded: base64.string) else {
                    throw .badData(place("data_base64"), "this is not base64")
                }
                return Array(data)
            case (.some(let json), nil):
                // Data of another type stands in a text.
                guard !Self.isJSON(type), json.first == UInt8(ascii: "\""), let data = try text("data") else {
                    return json
                }
                return Array(data.string.utf8)
            }
        }

        private static func isJSON(_ type: String?) -> Bool {
            guard let type = type?.prefix(while: { $0 != ";" && $0 != " " }) else { return true }
            return type.hasSuffix("/json") || type.hasSuffix("+json")
        }

        /// The other attributes.
        func properties() throws(Problem) -> [Text: Text] {
            var properties: [Text: Text] = [:]
            for (name, json) in members where !Self.own.contains(name) {
                guard (1...nameBytesMax).contains(name.byteCount), name.string.utf8.allSatisfy(Self.isOfName) else {
                    throw .badData(place(name), "attributes of CloudEvents have names of a to z and 0 to 9")
                }
                switch json.first {
                case UInt8(ascii: "{"), UInt8(ascii: "["):
                    throw .badData(place(name), "attributes of CloudEvents are texts, integers, true or false")
                case UInt8(ascii: "\""): properties[name] = try text(name)
                default: properties[name] = Text(String(decoding: json, as: UTF8.self))
                }
            }
            return properties
        }

        private static func isOfName(_ byte: UInt8) -> Bool {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
    }
}
