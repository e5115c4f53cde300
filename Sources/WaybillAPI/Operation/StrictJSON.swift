import WaybillCore

/// The JSON that is taken from outside: no key twice, integers only and none beyond what every library reads exactly,
/// at most 48 deep, no NUL, nothing after the value.
enum StrictJSON {
    /// How deeply values may lie inside each other.
    static let depthMax = 48

    /// Checks one value.
    ///
    /// - Parameter path: where the value stands in the body.
    static func check(_ bytes: [UInt8], at path: String) throws(Problem) {
        do throws(JSONProblem) {
            try JSONReader.read(bytes) { reader throws(JSONProblem) in try check(&reader, path, depth: 1) }
        } catch {
            throw .badJSON(error, at: path)
        }
    }

    private static func check(_ reader: inout JSONReader, _ path: String, depth: Int) throws(JSONProblem) {
        guard depth <= depthMax else { throw reader.problem("nested deeper than \(depthMax)", path: path) }
        switch try reader.peek() {
        case .null: guard reader.takeNull() else { throw reader.problem("expected null", path: path) }
        case .bool: _ = try reader.bool()
        case .number: _ = try safeInteger(&reader, path)
        case .text:
            let text = try reader.text()
            if text.hasZero { throw reader.problem("the text has a NUL", path: path) }
        case .array:
            var index = 0
            try reader.array { reader throws(JSONProblem) in
                try check(&reader, "\(path)[\(index)]", depth: depth + 1)
                index += 1
            }
        case .object:
            var names: Set<Text> = []
            try reader.object { name, reader throws(JSONProblem) in
                let place = path.isEmpty ? name.string : "\(path).\(name)"
                guard names.insert(name).inserted else { throw reader.problem("the key came before", path: place) }
                try check(&reader, place, depth: depth + 1)
            }
        }
    }

    /// An integer that no JSON library rounds.
    static func safeInteger(_ reader: inout JSONReader, _ path: String) throws(JSONProblem) -> Int64 {
        let number = try reader.int()
        guard Schema.safeIntegers.contains(number) else {
            throw reader.problem("the number is beyond 9007199254740991; write it as a text", path: path)
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
}
