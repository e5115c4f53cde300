/// What a refusal says, by names, for programs: the values that its sentence holds.
///
/// In the order in which people would name them. Names are stable and in snake case; none comes twice.
public struct RefusalValues: Hashable, Sendable {
    public enum Value: Hashable, Sendable {
        case text(String)
        case number(Int64)
        case flag(Bool)
        case texts([String])
        /// Several things of one kind, each with its own values.
        case list([RefusalValues])
    }

    public struct Element: Hashable, Sendable {
        public var name: String
        public var value: Value
    }

    public private(set) var elements: [Element] = []

    package init() {}

    public var isEmpty: Bool { elements.isEmpty }

    /// The value of this name, or nil.
    public subscript(name: String) -> Value? { elements.first { $0.name == name }?.value }

    /// The same with one more value; nil is left out.
    package func with(_ name: String, _ value: Value?) -> RefusalValues {
        guard let value else { return self }
        var values = self
        values.elements.append(Element(name: name, value: value))
        return values
    }

    func with(_ name: String, _ text: String) -> RefusalValues { with(name, .text(text)) }
    func with(_ name: String, _ text: Text) -> RefusalValues { with(name, .text(text.string)) }
    func with(_ name: String, _ number: Int64) -> RefusalValues { with(name, .number(number)) }
    func with(_ name: String, _ moment: Moment) -> RefusalValues { with(name, .text(moment.iso8601)) }
    func with(_ name: String, _ interval: Interval) -> RefusalValues { with(name, .number(interval.milliseconds)) }

    func with(sku: SKU, at location: Location) -> RefusalValues {
        with("sku", sku.text).with("location", location.text)
    }
}

extension RefusalValues.Value: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
    public init(stringLiteral text: String) { self = .text(text) }
    public init(integerLiteral number: Int64) { self = .number(number) }
}

extension RefusalValues: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, Value)...) {
        self.elements = elements.map { Element(name: $0, value: $1) }
    }
}

// MARK: - As JSON

extension RefusalValues {
    /// Writes them as one object.
    package func write(to writer: inout JSONWriter) {
        writer.beginObject()
        for element in elements {
            writer.key(named: Text(element.name))
            switch element.value {
            case .text(let text): writer.text(Text(text))
            case .number(let number): writer.int(number)
            case .flag(let flag): writer.bool(flag)
            case .texts(let texts):
                writer.beginArray()
                for text in texts { writer.text(Text(text)) }
                writer.endArray()
            case .list(let parts):
                writer.beginArray()
                for part in parts { part.write(to: &writer) }
                writer.endArray()
            }
        }
        writer.endObject()
    }

    /// Reads what ``write(to:)`` has written.
    package init(_ reader: inout JSONReader) throws(JSONProblem) { try self.init(&reader, levels: Self.levelsMax) }

    /// - Parameter levels: how many lists may lie inside each other.
    private init(_ reader: inout JSONReader, levels: Int) throws(JSONProblem) {
        var elements: [Element] = []
        try reader.object { name, reader throws(JSONProblem) in
            let value: Value
            switch try reader.peek() {
            case .text: value = .text(try reader.text().string)
            case .number: value = .number(try reader.int())
            case .bool: value = .flag(try reader.bool())
            case .array: value = try Self.array(&reader, levels: levels)
            case .object, .null: throw reader.problem("expected a text, a number, a flag, texts or a list")
            }
            elements.append(Element(name: name.string, value: value))
        }
        self.elements = elements
    }

    /// Lists of a refusal that lie inside each other: conditions, and their parts.
    private static let levelsMax = 4

    /// Texts, or values; an empty one is one of texts.
    private static func array(_ reader: inout JSONReader, levels: Int) throws(JSONProblem) -> Value {
        var texts: [String] = []
        var parts: [RefusalValues] = []
        try reader.array { reader throws(JSONProblem) in
            if try reader.peek() == .object {
                guard levels > 0 else { throw reader.problem("lists lie too deep inside each other") }
                parts.append(try RefusalValues(&reader, levels: levels - 1))
            } else {
                texts.append(try reader.text().string)
            }
        }
        guard parts.isEmpty || texts.isEmpty else { throw reader.problem("expected texts or a list, found both") }
        return parts.isEmpty ? .texts(texts) : .list(parts)
    }

    /// Those of a stored answer; none when it holds something else: that costs the values, not the answer.
    package init(stored: String) {
        do throws(JSONProblem) {
            self = try JSONReader.read(Array(stored.utf8)) { reader throws(JSONProblem) in
                try RefusalValues(&reader)
            }
        } catch {
            self.init()
        }
    }
}
