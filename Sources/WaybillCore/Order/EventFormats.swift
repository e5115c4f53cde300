/// The formats that bodies of events have had, and the steps from each to the next: the one place for both.
///
/// | format | a body of it |
/// |---|---|
/// | 1 | has no number |
/// | 2 | begins with its number: `{"format":2` |
///
/// Files keep bodies as they were written; a reader gets them in the newest format, by all steps from their own on. So
/// a step is pure, and stays for ever.
package struct EventFormats: Sendable {
    /// One step: what a format has otherwise than the one before it.
    package enum Upcast: Sendable {
        /// Nothing but the number: a body of the format before is read as it lies.
        case number
        /// A body of the format before, as this format writes it. The number is set by the chain.
        case change(@Sendable ([UInt8]) throws(JSONProblem) -> [UInt8])
    }

    /// The format that this release writes.
    package let newest: Int64
    /// The step from format N to N + 1, at N - 1.
    private let upcasts: [Upcast]
    /// Bodies of this format and of later ones are read as they lie.
    private let firstReadAsItLies: Int64

    package init(_ upcasts: [Upcast]) {
        self.upcasts = upcasts
        newest = Int64(upcasts.count) + 1
        let changed = upcasts.lastIndex { step in
            switch step {
            case .number: false
            case .change: true
            }
        }
        firstReadAsItLies = changed.map { Int64($0) + 2 } ?? 1
    }

    /// Those of this release. A new format is one more step here.
    package static let current = EventFormats([.number])

    private static let first: StaticString = "{\"format\":"
    /// Digits of a number that is believed.
    private static let digitsMax = 9

    /// The format of a body.
    package func number(of json: UnsafeBufferPointer<UInt8>) throws(JSONProblem) -> Int64 {
        let first = UnsafeBufferPointer(start: Self.first.utf8Start, count: Self.first.utf8CodeUnitCount)
        guard json.count > first.count, Text.isEqual(UnsafeBufferPointer(rebasing: json[..<first.count]), first) else {
            return 1
        }
        var number: Int64 = 0
        var offset = first.count
        while offset < json.count, offset - first.count < Self.digitsMax, case let digit = json[offset] &- 0x30,
            digit < 10
        {
            number = number * 10 + Int64(digit)
            offset += 1
        }
        guard (2...newest).contains(number) else {
            throw JSONProblem(
                offset: first.count,
                message: "its format is \(number), and this release knows 1 to \(newest). Use a later release.")
        }
        return number
    }

    /// Reads a body in the newest format.
    package func read<Result>(
        _ json: UnsafeBufferPointer<UInt8>, _ body: (inout JSONReader) throws(JSONProblem) -> Result
    ) throws(JSONProblem) -> Result {
        let number = try number(of: json)
        guard number < firstReadAsItLies else { return try JSONReader.read(json, body) }
        return try JSONReader.read(try upcast(Array(json), from: number), body)
    }

    package func read<Result>(
        _ json: [UInt8], _ body: (inout JSONReader) throws(JSONProblem) -> Result
    ) throws(JSONProblem) -> Result {
        let number = try number(of: json)
        guard number < firstReadAsItLies else { return try JSONReader.read(json, body) }
        return try JSONReader.read(try upcast(json, from: number), body)
    }

    /// A body as the newest format writes it.
    package func newest(_ json: [UInt8]) throws(JSONProblem) -> [UInt8] {
        try upcast(json, from: try number(of: json))
    }

    /// A body as readers of the newest format take it: as it lies where nothing but the number has changed since.
    package func readable(_ json: [UInt8]) throws(JSONProblem) -> [UInt8] {
        let number = try number(of: json)
        return number < firstReadAsItLies ? try upcast(json, from: number) : json
    }

    package func number(of json: [UInt8]) throws(JSONProblem) -> Int64 {
        let number: Result<Int64, JSONProblem> = json.withUnsafeBufferPointer { bytes in
            Result { () throws(JSONProblem) in try self.number(of: bytes) }
        }
        return try number.get()
    }

    private func upcast(_ json: [UInt8], from number: Int64) throws(JSONProblem) -> [UInt8] {
        guard number < newest else { return json }
        var json = Self.withoutNumber(json)
        for step in upcasts[(Int(number) - 1)...] {
            switch step {
            case .number: break
            case .change(let change): json = try change(json)
            }
        }
        return numbered(json)
    }

    private static func withoutNumber(_ json: [UInt8]) -> [UInt8] {
        guard json.starts(with: Array(first.description.utf8)) else { return json }
        let rest = json.dropFirst(first.utf8CodeUnitCount).drop { (0x30...0x39).contains($0) }
        return [UInt8(ascii: "{")] + (rest.first == UInt8(ascii: ",") ? rest.dropFirst() : rest)
    }

    /// A body of the newest format that has no number yet.
    package func numbered(_ json: [UInt8]) -> [UInt8] {
        let rest = json.dropFirst()
        let isEmpty = rest.first == UInt8(ascii: "}")
        return Array(Self.first.description.utf8) + Array("\(newest)".utf8) + (isEmpty ? [] : [UInt8(ascii: ",")])
            + rest
    }
}

extension JSONWriter {
    /// Begins a body with the number of the newest format.
    mutating func beginEventBody() {
        beginObject()
        key("format")
        int(EventFormats.current.newest)
    }
}

extension EventBody {
    /// Whether two bodies that were read say the same. The data is compared as what it means.
    package func saysTheSame(as other: EventBody, of type: EventName, under workflow: Workflow) -> Bool {
        order == other.order && self.workflow == other.workflow && role == other.role && timeout == other.timeout
            && parent == other.parent && call == other.call && outcome == other.outcome
            && messages == other.messages && relatives == other.relatives
            && isSame(data, other.data, of: type, under: workflow)
    }

    private func isSame(_ mine: [UInt8], _ other: [UInt8], of type: EventName, under workflow: Workflow) -> Bool {
        if mine == other { return true }
        guard let definition = workflow.command(type) else { return false }
        do throws(JSONProblem) {
            return try definition.data.decode(stored: mine) == definition.data.decode(stored: other)
        } catch {
            return false
        }
    }
}
