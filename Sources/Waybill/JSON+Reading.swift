import WaybillCore

/// Reading: what a message's body or an order's context says.
///
/// ```swift
/// let body = try OrderBook.JSON(reading: delivery.body)
/// let buyer = body["data"]?["data"]?["buyer"]?.asText
/// ```
extension OrderBook.JSON {
    /// What is wrong with a text that should be JSON, and at which byte.
    public struct Problem: Error, Hashable, Sendable, CustomStringConvertible {
        public let offset: Int
        public let message: String

        public var description: String { "byte \(offset): \(message)" }
    }

    /// How deeply values may lie inside each other.
    private static let depthMax = 48

    /// Reads one JSON text in UTF-8.
    ///
    /// - Throws: ``Problem``: no JSON, a number that is no 64-bit integer, a field given twice, or nested too deeply.
    public init(reading bytes: [UInt8]) throws(Problem) {
        do throws(JSONProblem) {
            self = try JSONReader.read(bytes) { reader throws(JSONProblem) in try JSON.read(&reader, depth: 0) }
        } catch {
            throw Problem(offset: error.offset, message: error.message)
        }
    }

    /// The value of the first field of this name; nil: no object, or no such field.
    public subscript(_ name: String) -> Self? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name.isSame(as: name) }?.value
    }

    /// The text, if it is one.
    public var asText: String? { if case .text(let text) = self { text } else { nil } }

    /// The number, if it is one.
    public var asInt: Int64? { if case .int(let number) = self { number } else { nil } }

    /// Yes or no, if it is one of them.
    public var asBool: Bool? { if case .bool(let flag) = self { flag } else { nil } }

    /// The elements, if it is an array.
    public var elements: [Self]? { if case .array(let elements) = self { elements } else { nil } }

    private static func read(_ reader: inout JSONReader, depth: Int) throws(JSONProblem) -> JSON {
        guard depth < depthMax else { throw reader.problem("nested deeper than \(depthMax)") }
        switch try reader.peek() {
        case .null:
            guard reader.takeNull() else { throw reader.problem("expected null") }
            return .null
        case .bool: return .bool(try reader.bool())
        case .number: return .int(try reader.int())
        case .text: return .text(try reader.text().string)
        case .array:
            var elements: [JSON] = []
            try reader.array { reader throws(JSONProblem) in elements.append(try read(&reader, depth: depth + 1)) }
            return .array(elements)
        case .object:
            var members: [Member] = []
            var names = Names()
            try reader.object { name, reader throws(JSONProblem) in
                // Readers differ in which of the two they take.
                guard names.insert(name.string, after: members) else {
                    throw reader.problem("the field \(name.string) is given twice")
                }
                members.append(Member(name.string, try read(&reader, depth: depth + 1)))
            }
            return .object(members)
        }
    }

    /// The names of an object's fields, to find one that is given twice. A few are compared one by one, which is
    /// faster than a set of them.
    private struct Names {
        private static let compared = 12
        private var many: Set<Text> = []

        /// - Returns: false: `members` have the name already.
        mutating func insert(_ name: String, after members: [Member]) -> Bool {
            guard members.count >= Self.compared else { return !members.contains { $0.name.isSame(as: name) } }
            if many.isEmpty { many = Set(members.map { Text($0.name) }) }
            return many.insert(Text(name)).inserted
        }
    }
}

extension String {
    /// Whether the other has the same bytes in UTF-8: `==` takes two spellings of one letter for the same.
    fileprivate func isSame(as other: String) -> Bool {
        utf8.count == other.utf8.count && utf8.elementsEqual(other.utf8)
    }
}
