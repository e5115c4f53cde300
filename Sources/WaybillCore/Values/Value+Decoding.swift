/// Bounds on data from outside.
package enum DataLimits {
    package static let bytesMax = 256 * 1_024
    package static let textBytesMax = 4_096
}

/// Values from outside: JSON objects decoded by their type. Unknown, missing, doubled and ill-typed fields are refused,
/// each with its place.
extension RecordType {
    /// Decodes the data of a command; no bytes stand for `{}`.
    ///
    /// - Parameter semantics: which forms of times are taken; what was accepted before is read by the rules of then.
    package func decode(_ json: [UInt8], by semantics: Semantics = .current) throws(JSONProblem) -> [Value] {
        guard json.count <= DataLimits.bytesMax else {
            throw JSONProblem(offset: 0, message: "\(json.count) bytes are more than \(DataLimits.bytesMax)")
        }
        return try decode(json, judgesTimes: semantics.judgesTimesInData)
    }

    /// Decodes data that was accepted before: the journal writes it anew, which may make it longer.
    package func decode(stored json: [UInt8]) throws(JSONProblem) -> [Value] {
        try decode(json, judgesTimes: false)
    }

    private func decode(_ json: [UInt8], judgesTimes: Bool) throws(JSONProblem) -> [Value] {
        if json.isEmpty {
            if let field = fields.first(where: { !$0.isOptional }) { throw missing(field, offset: 0) }
            return Array(repeating: .null, count: fields.count)
        }
        return try JSONReader.read(json) { reader throws(JSONProblem) in
            try decode(&reader, judgesTimes: judgesTimes)
        }
    }

    /// Decodes the object that comes next. Paths of problems begin here; each level above puts its own name before.
    ///
    /// - Parameter judgesTimes: whether a time must have one of the forms that are taken from outside.
    package func decode(_ reader: inout JSONReader, judgesTimes: Bool = false) throws(JSONProblem) -> [Value] {
        guard fields.count <= StateSet.countMax else {
            throw reader.problem("a record of \(fields.count) fields; at most \(StateSet.countMax) can be read")
        }
        var values = [Value](repeating: .null, count: fields.count)
        var given = StateSet()
        var next = 0
        try reader.members { key, reader throws(JSONProblem) in
            guard let slot = slot(key, guess: next) else {
                let known = fields.isEmpty ? "none" : fields.map(\.name.string).joined(separator: ", ")
                throw reader.problem("unknown field; known are: \(known)", path: key.text.shortened)
            }
            guard !given.contains(slot) else {
                throw reader.problem("the field is given twice", path: key.string)
            }
            values[slot] = try fields[slot].decode(&reader, judgesTimes: judgesTimes)
            given.insert(slot)
            next = slot + 1
        }
        for slot in fields.indices where !given.contains(slot) && !fields[slot].isOptional {
            throw missing(fields[slot], offset: reader.offset)
        }
        return values
    }

    private func missing(_ field: Field, offset: Int) -> JSONProblem {
        JSONProblem(offset: offset, message: "the field is missing", path: field.name.string)
    }
}

extension RecordType.Field {
    /// Of a duration in the form of ISO 8601 that is told how to be written here.
    private static let durationBytesMax = 40

    fileprivate func decode(_ reader: inout JSONReader, judgesTimes: Bool) throws(JSONProblem) -> Value {
        do throws(JSONProblem) {
            if isOptional && reader.takeNull() { return .null }
            switch type {
            case .bool: return .bool(try reader.bool())
            case .text: return .text(try boundedText(&reader))
            case .number(.time) where judgesTimes: return .int(try reader.moment().milliseconds)
            case .number(let unit): return .int(try number(&reader, unit: unit))
            case .record(let record): return .record(try record.decode(&reader, judgesTimes: judgesTimes))
            case .list(let element, let countMax, let keyed):
                return .list(
                    try list(&reader, of: element, countMax: countMax, keyed: keyed, judgesTimes: judgesTimes))
            case .null:
                guard reader.takeNull() else { throw reader.problem("expected null") }
                return .null
            }
        } catch {
            throw error.inside(name.string)
        }
    }

    private func boundedText(_ reader: inout JSONReader) throws(JSONProblem) -> Text {
        let text = try reader.text()
        guard text.byteCount <= DataLimits.textBytesMax else {
            throw reader.problem("\(text.byteCount) bytes are more than \(DataLimits.textBytesMax)")
        }
        return text
    }

    private func cents(_ reader: inout JSONReader) throws(JSONProblem) -> Int64 {
        do throws(JSONProblem) {
            return try reader.int()
        } catch {
            let hint = "; amounts are integers of minor units (cents)"
            throw JSONProblem(offset: error.offset, message: error.message + hint, path: error.path)
        }
    }

    private func number(_ reader: inout JSONReader, unit: ValueType.Unit) throws(JSONProblem) -> Int64 {
        switch unit {
        case .count, .cents:
            let value = try unit == .cents ? cents(&reader) : reader.int()
            guard value >= 0 else { throw reader.problem("\(value) is below zero") }
            return value
        case .signedCents: return try cents(&reader)
        case .plain: return try reader.int()
        case .duration:
            if try reader.peek() == .number { return try reader.int() }
            let text = try reader.text()
            guard let interval = Interval(text: text) else {
                // What is longer is not told back.
                let isShort = text.byteCount <= Self.durationBytesMax
                let meant = isShort ? Interval(iso8601: text).map { "; \(text) is written \"\($0.text)\"" } ?? "" : ""
                throw reader.problem("expected a duration such as \"30m\" or \"1h30m\", or milliseconds\(meant)")
            }
            return interval.milliseconds
        case .time:
            if try reader.peek() == .number { return try reader.int() }
            guard let moment = Moment(iso8601: try reader.text()) else {
                throw reader.problem("expected a time such as \"2026-11-21T10:00:00Z\", or milliseconds since 1970")
            }
            return moment.milliseconds
        }
    }

    private func list(
        _ reader: inout JSONReader, of element: RecordType, countMax: Int, keyed: Bool, judgesTimes: Bool
    ) throws(JSONProblem) -> [Value] {
        var values: [Value] = []
        var keys: Set<Value> = []
        try reader.array { reader throws(JSONProblem) in
            guard values.count < countMax else { throw reader.problem("more than \(countMax) elements") }
            do throws(JSONProblem) {
                let record = try element.decode(&reader, judgesTimes: judgesTimes)
                if keyed, let key = record.first, !keys.insert(key).inserted {
                    throw reader.problem("the key is given twice")
                }
                values.append(.record(record))
            } catch {
                throw error.inside("[\(values.count)]")
            }
        }
        return values
    }
}

extension JSONProblem {
    /// The same problem as seen from the value that holds this one under `name`.
    fileprivate func inside(_ name: String) -> JSONProblem {
        let dot = path.isEmpty || path.hasPrefix("[") ? "" : "."
        return JSONProblem(offset: offset, message: message, path: "\(name)\(dot)\(path)")
    }
}

extension Text {
    /// At most 64 characters, for names from outside that are told back.
    var shortened: String { string.count <= 64 ? string : string.prefix(64) + "..." }
}
