import Crypto
import Foundation
import WaybillAccess
import WaybillCore

/// A message as a body gives it.
enum MessageFields {
    static let fields: [Field] = [
        Field("id", .text(bytesMax: 255), "Its name; made when it is left out."),
        Field("tag", .text(), "What subscriptions choose by first."),
        Field("keys", .array(.text(), countMax: 64), "By what it can be looked up later."),
        Field("message_group", .text(bytesMax: 63), "Messages of one group come in order."),
        Field("priority", .integer(0...9), "9 comes first."),
        Field("deliver_at", .time, "When it becomes visible; by default at once."),
        Field("lane", .text(bytesMax: 128), "The grey-release route."),
        Field("properties", .map(.text()), "What SQL filters choose by."),
        Field("data", .any, "The body as JSON."),
        Field("data_base64", .text(bytesMax: Operation.BodyRule.messagesMax), "The body as bytes."),
    ]

    /// Beyond what any message may have: the engine says what is too large, and by how much.
    private static let textBytesMax = 32_768
    private static let propertiesMax = 1_024

    /// Reads a message.
    ///
    /// - Parameter number: its place among those of the request.
    static func read(_ fields: BodyFields, to topic: TopicName, number: Int, _ call: Call) throws(Problem) -> NewMessage
    {
        var message = NewMessage(to: topic, body: try body(fields))
        message.id =
            try fields.text("id", bytesMax: 255).map { MessageID($0) }
            ?? call.key.map { key in
                MessageID(Text(Self.madeID("\(call.principal.name)\n\(key)\n\(number)")))
            }
        message.tag = try fields.text("tag", bytesMax: textBytesMax)
        message.keys = try fields.texts("keys", countMax: 64, bytesMax: textBytesMax) ?? []
        message.messageGroup = try fields.text("message_group")
        message.priority = Int(try fields.int("priority") ?? 0)
        message.deliverAt = try fields.time("deliver_at")
        message.trace = call.trace
        message.lane = try call.lane(fields)
        for (name, value) in try fields.textsByName("properties", countMax: propertiesMax) {
            message.properties[name] = value
        }
        return message
    }

    private static func body(_ fields: BodyFields) throws(Problem) -> [UInt8] {
        let json = fields.json("data")
        let base64 = try fields.text("data_base64", bytesMax: Operation.BodyRule.messagesMax)
        switch (json, base64) {
        case (.some(let json), nil):
            try StrictJSON.check(json, at: fields.place("data"))
            return json
        case (nil, .some(let base64)):
            guard let data = Data(base64Encoded: base64.string) else {
                throw .badData(fields.place("data_base64"), "this is not base64")
            }
            return Array(data)
        case (nil, nil): throw .badData(fields.place("data"), "a message has data or data_base64")
        case (.some, .some): throw .badData(fields.place("data"), "data and data_base64 do not go together")
        }
    }

    /// An id that follows from the key of a request, so that a repeat has the same and consumers can tell.
    private static func madeID(_ named: String) -> String {
        "m-"
            + SHA256.hash(data: Array(named.utf8)).prefix(10).map { byte in
                String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
            }.joined()
    }
}
