import WaybillCore

/// The JSON that is taken from outside: no key twice, integers only and none beyond what every library reads exactly,
/// at most 48 deep, no NUL, nothing after the value.
package enum StrictJSON {
    /// How deeply values may lie inside each other.
    static let depthMax = 48

    /// Checks one value.
    ///
    /// - Parameters:
    ///   - path: where the value stands in the body.
    ///   - remedy: what helps with a number that is too large.
    ///   - leavesFractions: whether numbers with a fraction are left to the workflow, which says what it wants instead.
    package static func check(
        _ bytes: [UInt8], at path: String, remedy: String = "; write it as a text", leavesFractions: Bool = false
    ) throws(Problem) {
        let rules = Rules(remedy: remedy, leavesFractions: leavesFractions)
        do throws(JSONProblem) {
            try JSONReader.read(bytes) { reader throws(JSONProblem) in try check(&reader, path, rules, depth: 1) }
        } catch {
            throw .badJSON(error, at: path)
        }
    }

    private struct Rules {
        let remedy: String
        let leavesFractions: Bool
    }

    private static func check(
        _ reader: inout JSONReader, _ path: String, _ rules: Rules, depth: Int
    ) throws(JSONProblem) {
        guard depth <= depthMax else { throw reader.problem("nested deeper than \(depthMax)", path: path) }
        switch try reader.peek() {
        case .null: guard reader.takeNull() else { throw reader.problem("expected null", path: path) }
        case .bool: _ = try reader.bool()
        case .number:
            let start = reader
            if rules.leavesFractions, try reader.rawValue().contains(where: isOfFraction) { return }
            reader = start
            _ = try safeInteger(&reader, path, rules.remedy)
        case .text:
            let text = try reader.text()
            if text.hasZero { throw reader.problem("the text has a NUL", path: path) }
        case .array:
            var index = 0
            try reader.array { reader throws(JSONProblem) in
                try check(&reader, "\(path)[\(index)]", rules, depth: depth + 1)
                index += 1
            }
        case .object:
            var names: Set<Text> = []
            try reader.object { name, reader throws(JSONProblem) in
                let place = path.isEmpty ? name.string : "\(path).\(name)"
                guard names.insert(name).inserted else { throw reader.problem("the key came before", path: place) }
                try check(&reader, place, rules, depth: depth + 1)
            }
        }
    }

    private static func isOfFraction(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ".") || byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E")
    }

    /// Refuses numbers that JSON libraries round, in data that the engine reads. The engine has its own words for what
    /// else may be wrong; only a long run of digits is worth a look here.
    static func checkNumbers(_ bytes: [UInt8], at path: String) throws(Problem) {
        var digits = 0
        for byte in bytes {
            digits = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) ? digits + 1 : 0
            // Where the workflow wants a number no text is taken.
            if digits > 15 { return try check(bytes, at: path, remedy: "") }
        }
    }

    /// An integer that no JSON library rounds.
    ///
    /// - Parameter remedy: what helps when it is beyond that.
    static func safeInteger(
        _ reader: inout JSONReader, _ path: String, _ remedy: String = ""
    ) throws(JSONProblem) -> Int64 {
        let number = try reader.int()
        guard Schema.safeIntegers.contains(number) else {
            throw reader.problem("the number is beyond 9007199254740991\(remedy)", path: path)
        }
        return number
    }
}

extension Problem {
    /// A body that is not the JSON that is taken, with the byte at which it was found.
    static func badJSON(_ problem: JSONProblem, at path: String = "") -> Problem {
        let place = problem.path.isEmpty ? path : problem.path
        let words = place.isEmpty ? "" : " at \(place)"
        var result = Problem(.badJSON, "byte \(problem.offset)\(words): \(problem.message)")
        result.findings = [Finding(path: place, message: problem.message)]
        return result.with(["offset": .number(Int64(problem.offset))])
    }

    /// A value of a body that does not fit.
    static func badData(_ path: String, _ message: String) -> Problem {
        var problem = Problem(.badData, path.isEmpty ? message : "\(path): \(message)")
        problem.findings = [Finding(path: path, message: message)]
        return problem.with(["path": .text(path)])
    }

    /// More elements than a request may have.
    static func tooMany(_ path: String, _ count: Int, _ max: Int) -> Problem {
        beyond(path, "\(path): there are \(count); \(max) is the limit", max: Int64(max))
    }

    /// A wait that is longer than a request may take.
    static func tooLong(_ path: String, _ milliseconds: Int64, _ max: Int64) -> Problem {
        beyond(path, "\(path): \(milliseconds) ms; \(max) is the limit", max: max)
    }

    private static func beyond(_ path: String, _ detail: String, max: Int64) -> Problem {
        var problem = Problem(.badParameter, detail)
        problem.findings = [Finding(path: path, message: detail)]
        return problem.with(["path": .text(path), "max": .number(max)])
    }
}
