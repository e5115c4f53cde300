package import WaybillCore

/// The members of an object of an answer, each still as the bytes that came.
package struct Members: Sendable {
    private struct Member {
        let name: Text
        let json: [UInt8]
        /// The same with the space around it.
        let place: Range<Int>
    }

    /// The object as it came.
    package let bytes: [UInt8]
    private var found: [Member] = []

    package init(_ bytes: [UInt8]) throws(ClientFailure) {
        self.bytes = bytes
        do throws(JSONProblem) {
            found = try JSONReader.read(bytes) { reader throws(JSONProblem) in
                var found: [Member] = []
                try reader.object { name, reader throws(JSONProblem) in
                    let start = reader.offset
                    let json = try reader.rawValue()
                    found.append(Member(name: name, json: json, place: start..<reader.offset))
                }
                return found
            }
        } catch {
            throw ClientFailure(.unreadable, "the answer cannot be read: byte \(error.offset): \(error.message)")
        }
    }

    /// The bytes of a member; nil: it is not there, or null.
    package func json(_ name: Text) -> [UInt8]? {
        guard let json = found.first(where: { $0.name == name })?.json, json != Array("null".utf8) else { return nil }
        return json
    }

    /// The bytes of a member with the space around them, null too; nil: it is not there. The space counts, because a
    /// body that was sent as JSON may begin or end with some, such as the end of a line.
    func whole(_ name: Text) -> [UInt8]? {
        guard let place = found.first(where: { $0.name == name })?.place else { return nil }
        return Array(bytes[place] + bytes[place.upperBound...].prefix(while: \.isSpace))
    }

    /// The bytes of a member that must be there.
    package func needed(_ name: Text) throws(ClientFailure) -> [UInt8] { try needed(json(name), name) }

    /// All members that are objects, with their names.
    package func all() throws(ClientFailure) -> [(name: Text, members: Members)] {
        var all: [(name: Text, members: Members)] = []
        for member in found { all.append((member.name, try Members(member.json))) }
        return all
    }

    package func textIfAny(_ name: Text) throws(ClientFailure) -> Text? {
        try read(name) { reader throws(JSONProblem) in try reader.text() }
    }

    package func text(_ name: Text) throws(ClientFailure) -> Text { try needed(textIfAny(name), name) }

    package func intIfAny(_ name: Text) throws(ClientFailure) -> Int64? {
        try read(name) { reader throws(JSONProblem) in try reader.int() }
    }

    package func int(_ name: Text) throws(ClientFailure) -> Int64 { try needed(intIfAny(name), name) }

    package func boolIfAny(_ name: Text) throws(ClientFailure) -> Bool? {
        try read(name) { reader throws(JSONProblem) in try reader.bool() }
    }

    package func bool(_ name: Text) throws(ClientFailure) -> Bool { try needed(boolIfAny(name), name) }

    package func timeIfAny(_ name: Text) throws(ClientFailure) -> Moment? {
        try read(name) { reader throws(JSONProblem) in try reader.moment() }
    }

    package func time(_ name: Text) throws(ClientFailure) -> Moment { try needed(timeIfAny(name), name) }

    package func interval(_ name: Text) throws(ClientFailure) -> Interval {
        try needed(Interval(text: text(name)), name)
    }

    package func position(_ name: Text) throws(ClientFailure) -> Position? {
        guard let text = try textIfAny(name) else { return nil }
        return try needed(Position(text: text.string), name)
    }

    /// One of some words.
    package func word<Word: RawRepresentable<String>>(_ name: Text) throws(ClientFailure) -> Word {
        try needed(Word(rawValue: text(name).string), name)
    }

    /// The texts of an array; none when it is not there.
    package func texts(_ name: Text) throws(ClientFailure) -> [Text] {
        try read(name) { reader throws(JSONProblem) in
            var texts: [Text] = []
            try reader.array { reader throws(JSONProblem) in texts.append(try reader.text()) }
            return texts
        } ?? []
    }

    /// The texts of an object, by name.
    package func textsByName(_ name: Text) throws(ClientFailure) -> [Text: Text] {
        try read(name) { reader throws(JSONProblem) in
            var texts: [Text: Text] = [:]
            try reader.object { name, reader throws(JSONProblem) in texts[name] = try reader.text() }
            return texts
        } ?? [:]
    }

    /// The bytes of each element of an array; none when it is not there.
    package func elements(_ name: Text) throws(ClientFailure) -> [[UInt8]] {
        try read(name) { reader throws(JSONProblem) in
            var elements: [[UInt8]] = []
            try reader.array { reader throws(JSONProblem) in elements.append(try reader.rawValue()) }
            return elements
        } ?? []
    }

    /// The objects of an array; none when it is not there.
    package func objects(_ name: Text) throws(ClientFailure) -> [Members] {
        var objects: [Members] = []
        for element in try elements(name) { objects.append(try Members(element)) }
        return objects
    }

    package func object(_ name: Text) throws(ClientFailure) -> Members? {
        guard let json = json(name) else { return nil }
        return try Members(json)
    }

    package func needed<Value>(_ value: Value?, _ name: Text) throws(ClientFailure) -> Value {
        guard let value else { throw ClientFailure(.unreadable, "the answer has no readable \(name)") }
        return value
    }

    private func read<Value>(
        _ name: Text, _ body: (inout JSONReader) throws(JSONProblem) -> Value
    ) throws(ClientFailure) -> Value? {
        guard let json = json(name) else { return nil }
        do throws(JSONProblem) {
            return try JSONReader.read(json, body)
        } catch {
            throw ClientFailure(.unreadable, "the answer's \(name): byte \(error.offset): \(error.message)")
        }
    }
}

extension UInt8 {
    /// Whether it is space between the parts of JSON.
    fileprivate var isSpace: Bool {
        switch self {
        case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"): true
        default: false
        }
    }
}
