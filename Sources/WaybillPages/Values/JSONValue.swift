package import WaybillCore

/// An answer of an operation as pages read it. What is missing reads as nothing, so that a page shows less instead of
/// failing.
package enum JSONValue: Sendable {
    case object([(name: Text, value: JSONValue)])
    case array([JSONValue])
    case text(Text)
    case int(Int64)
    case bool(Bool)
    case null

    private static let depthMax = 64

    package init(_ bytes: [UInt8]) throws(JSONProblem) {
        self = try JSONReader.read(bytes) { reader throws(JSONProblem) in try Self.read(&reader, depth: 0) }
    }

    /// The same; nothing where it is no JSON.
    static func lenient(_ bytes: [UInt8]) -> JSONValue {
        do throws(JSONProblem) { return try JSONValue(bytes) } catch { return .null }
    }

    private static func read(_ reader: inout JSONReader, depth: Int) throws(JSONProblem) -> JSONValue {
        guard depth < depthMax else { throw reader.problem("it is nested too deeply") }
        switch try reader.peek() {
        case .object:
            var members: [(name: Text, value: JSONValue)] = []
            try reader.object { name, reader throws(JSONProblem) in
                members.append((name, try read(&reader, depth: depth + 1)))
            }
            return .object(members)
        case .array:
            var elements: [JSONValue] = []
            try reader.array { reader throws(JSONProblem) in elements.append(try read(&reader, depth: depth + 1)) }
            return .array(elements)
        case .text: return .text(try reader.text())
        case .number: return .int(try reader.int())
        case .bool: return .bool(try reader.bool())
        case .null: return reader.takeNull() ? .null : .null
        }
    }

    package subscript(_ name: Text) -> JSONValue {
        guard case .object(let members) = self else { return .null }
        return members.first { $0.name == name }?.value ?? .null
    }

    package var text: String? { if case .text(let text) = self { text.string } else { nil } }
    package var int: Int64? { if case .int(let int) = self { int } else { nil } }
    package var bool: Bool { if case .bool(let bool) = self { bool } else { false } }
    package var moment: Moment? { if case .text(let text) = self { Moment(iso8601: text) } else { nil } }
    package var isNull: Bool { if case .null = self { true } else { false } }
    package var texts: [String] { list.compactMap(\.text) }

    package var list: [JSONValue] { if case .array(let elements) = self { elements } else { [] } }

    package var members: [(name: String, value: JSONValue)] {
        guard case .object(let members) = self else { return [] }
        return members.map { ($0.name.string, $0.value) }
    }

    /// How it is written in a table: texts without quotes.
    var plain: String {
        switch self {
        case .text(let text): text.string
        case .int(let int): "\(int)"
        case .bool(let bool): bool ? "yes" : "no"
        case .null: "–"
        case .array(let elements) where elements.allSatisfy { $0.text != nil }: texts.joined(separator: ", ")
        case .object, .array: compact
        }
    }

    /// On one line.
    var compact: String {
        switch self {
        case .object(let members):
            "{\(members.map { "\(Self.quoted($0.name)): \($0.value.compact)" }.joined(separator: ", "))}"
        case .array(let elements): "[\(elements.map(\.compact).joined(separator: ", "))]"
        case .text(let text): Self.quoted(text)
        case .int(let int): "\(int)"
        case .bool(let bool): "\(bool)"
        case .null: "null"
        }
    }

    /// With a line for each member.
    func readable(indent: Int = 0) -> String {
        let inner = String(repeating: "  ", count: indent + 1)
        let end = "\n" + String(repeating: "  ", count: indent)
        switch self {
        case .object(let members) where !members.isEmpty:
            let lines = members.map { "\(inner)\(Self.quoted($0.name)): \($0.value.readable(indent: indent + 1))" }
            return "{\n\(lines.joined(separator: ",\n"))\(end)}"
        case .array(let elements) where elements.contains(where: \.isNested):
            return "[\n\(elements.map { inner + $0.readable(indent: indent + 1) }.joined(separator: ",\n"))\(end)]"
        case .object, .array, .text, .int, .bool, .null: return compact
        }
    }

    private var isNested: Bool {
        switch self {
        case .object(let members): !members.isEmpty
        case .array(let elements): !elements.isEmpty
        case .text, .int, .bool, .null: false
        }
    }

    private static func quoted(_ text: Text) -> String {
        var writer = JSONWriter()
        writer.text(text)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
