package import WaybillCore

/// The fields of a JSON object in a request, cut out of the body without a tree: what is only handed on stays the bytes
/// that came.
package struct BodyFields: Sendable {
    private var found: [(name: String, json: [UInt8])] = []
    private let path: String

    /// Cuts an object into its fields. A name that is not among `fields`, or comes twice, is refused.
    package init(reading bytes: [UInt8], as fields: [Field], at path: String = "") throws(Problem) {
        self.path = path
        guard !bytes.isEmpty else { throw Problem(.badJSON, "there is no body; a JSON object is wanted") }
        var problem: Problem?
        var found: [(name: String, json: [UInt8])] = []
        do throws(JSONProblem) {
            try JSONReader.read(bytes) { reader throws(JSONProblem) in
                try reader.object { name, reader throws(JSONProblem) in
                    let json = try reader.rawValue()
                    guard problem == nil else { return }
                    let place = Self.place(name.string, in: path)
                    if !fields.contains(where: { Text($0.name) == name }) {
                        let names = fields.map(\.name).joined(separator: ", ")
                        problem = .badData(place, "there is no such field; there are: \(names)")
                    } else if found.contains(where: { Text($0.name) == name }) {
                        problem = .badJSON(reader.problem("the key came before", path: place))
                    }
                    found.append((name.string, json))
                }
            }
        } catch {
            throw .badJSON(error, at: path)
        }
        if let problem { throw problem }
        self.found = found
        for field in fields where field.isRequired && json(field.name) == nil {
            throw .badData(Self.place(field.name, in: path), "the field is missing")
        }
    }

    private static func place(_ name: String, in path: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

    /// Where a field stands, for problems.
    package func place(_ name: String) -> String { Self.place(name, in: path) }

    /// The bytes of a field as they came; nil: it is not there, or null.
    package func json(_ name: String) -> [UInt8]? {
        guard let json = found.first(where: { $0.name == name })?.json, !json.elementsEqual("null".utf8) else {
            return nil
        }
        return json
    }

    /// A text without NUL, no longer than `bytesMax`.
    package func text(_ name: String, bytesMax: Int = 1_024) throws(Problem) -> Text? {
        guard let text = try read(name, { reader throws(JSONProblem) in try reader.text() }) else { return nil }
        guard !text.hasZero else { throw .badData(place(name), "the text has a NUL") }
        guard text.byteCount <= bytesMax else {
            throw .badData(place(name), "the text has \(text.byteCount) bytes; \(bytesMax) is the limit")
        }
        return text
    }

    /// A text that must be there and not be empty.
    package func needed(_ name: String, bytesMax: Int = 1_024) throws(Problem) -> Text {
        guard let text = try filled(name, bytesMax: bytesMax) else {
            throw .badData(place(name), "the field is missing")
        }
        return text
    }

    /// A text that may be left out, and is not empty.
    package func filled(_ name: String, bytesMax: Int = 1_024) throws(Problem) -> Text? {
        guard let text = try text(name, bytesMax: bytesMax) else { return nil }
        guard !text.isEmpty else { throw .badData(place(name), "the text is empty") }
        return text
    }

    package func int(_ name: String, in range: ClosedRange<Int64> = Schema.safeIntegers) throws(Problem) -> Int64? {
        let number = try read(name) { reader throws(JSONProblem) in try StrictJSON.safeInteger(&reader, place(name)) }
        guard let number else { return nil }
        guard range.contains(number) else {
            throw .badData(
                place(name), "\(number) is out of range; \(range.lowerBound) to \(range.upperBound) is possible")
        }
        return number
    }

    /// How long a request waits for something to come, in milliseconds; by default 0.
    func wait(_ name: String, max: Int64) throws(Problem) -> Int64 {
        let wait = try int(name, in: 0...Schema.safeIntegers.upperBound) ?? 0
        guard wait <= max else { throw .tooLong(place(name), wait, max) }
        return wait
    }

    package func bool(_ name: String) throws(Problem) -> Bool? {
        try read(name) { reader throws(JSONProblem) in try reader.bool() }
    }

    package func time(_ name: String) throws(Problem) -> Moment? {
        try read(name) { reader throws(JSONProblem) in try reader.moment() }
    }

    /// `30m`, or milliseconds.
    package func duration(_ name: String) throws(Problem) -> Interval? {
        guard let json = json(name) else { return nil }
        if json.first != UInt8(ascii: "\"") { return try int(name).map { Interval(milliseconds: $0) } }
        guard let text = try text(name) else { return nil }
        let isNegative = text.string.hasPrefix("-")
        guard let interval = Interval(text: isNegative ? Text(String(text.string.dropFirst())) : text) else {
            throw .badData(place(name), "'\(text)' is not a duration; write for example 30m, 1h30m, 250ms")
        }
        return isNegative ? Interval(milliseconds: -interval.milliseconds) : interval
    }

    /// The texts of an array.
    package func texts(_ name: String, countMax: Int, bytesMax: Int = 1_024) throws(Problem) -> [Text]? {
        let texts = try read(name) { reader throws(JSONProblem) in
            var texts: [Text] = []
            try reader.array { reader throws(JSONProblem) in texts.append(try reader.text()) }
            return texts
        }
        guard let texts else { return nil }
        guard texts.count <= countMax else {
            throw .tooMany(place(name), texts.count, countMax)
        }
        for text in texts where text.hasZero || text.byteCount > bytesMax {
            throw .badData(place(name), "a text has a NUL, or more than \(bytesMax) bytes")
        }
        return texts
    }

    /// The texts of an object, by name.
    package func textsByName(_ name: String, countMax: Int) throws(Problem) -> [(name: Text, value: Text)] {
        guard let json = json(name) else { return [] }
        try StrictJSON.check(json, at: place(name))
        let texts = try read(name) { reader throws(JSONProblem) in
            var texts: [(name: Text, value: Text)] = []
            try reader.object { name, reader throws(JSONProblem) in texts.append((name, try reader.text())) }
            return texts
        }
        guard let texts, texts.count <= countMax else {
            throw .badData(place(name), "there are more than \(countMax)")
        }
        return texts
    }

    /// The objects of an array, each cut into its fields.
    package func objects(_ name: String, as fields: [Field], countMax: Int) throws(Problem) -> [BodyFields]? {
        guard let elements = try elements(name, countMax: countMax) else { return nil }
        var objects: [BodyFields] = []
        for (index, element) in elements.enumerated() {
            objects.append(try BodyFields(reading: element, as: fields, at: "\(place(name))[\(index)]"))
        }
        return objects
    }

    /// The elements of an array, each as it came.
    func elements(_ name: String, countMax: Int) throws(Problem) -> [[UInt8]]? {
        let elements = try read(name) { reader throws(JSONProblem) in
            var elements: [[UInt8]] = []
            try reader.array { reader throws(JSONProblem) in elements.append(try reader.rawValue()) }
            return elements
        }
        guard let elements else { return nil }
        guard elements.count <= countMax else {
            throw .tooMany(place(name), elements.count, countMax)
        }
        return elements
    }

    /// An object cut into its fields.
    package func object(_ name: String, as fields: [Field]) throws(Problem) -> BodyFields? {
        guard let json = json(name) else { return nil }
        return try BodyFields(reading: json, as: fields, at: place(name))
    }

    private func read<Value>(
        _ name: String, _ body: (inout JSONReader) throws(JSONProblem) -> Value
    ) throws(Problem) -> Value? {
        guard let json = json(name) else { return nil }
        do throws(JSONProblem) {
            return try JSONReader.read(json, body)
        } catch {
            throw .badData(error.path.isEmpty ? place(name) : error.path, error.message)
        }
    }
}
