/// Limits that keep a file readable in one sitting.
enum SizeRules {
    static let fileLinesMax = 400
    static let fileLinesStop = 600
    static let functionLinesMax = 70
    static let columnsMax = 120

    /// Files that may be longer than `fileLinesMax`, never longer than `fileLinesStop`, each with its reason.
    static let longFiles: [String: String] = [:]

    static func violations(in file: SourceFile) -> [Violation] {
        tooLong(file) + tooWide(file) + longFunctions(file)
    }

    private static func tooLong(_ file: SourceFile) -> [Violation] {
        let count = file.text.hasSuffix("\n") ? file.lines.count - 1 : file.lines.count
        let limit = longFiles[file.path] == nil ? fileLinesMax : fileLinesStop
        guard count > limit else { return [] }
        return [Violation(path: file.path, line: limit + 1, message: "\(count) lines; \(limit) is the limit")]
    }

    private static func tooWide(_ file: SourceFile) -> [Violation] {
        file.lines.enumerated().compactMap { index, line in
            guard line.count > columnsMax else { return nil }
            return Violation(
                path: file.path, line: index + 1, message: "\(line.count) columns; \(columnsMax) is the limit")
        }
    }

    private static func longFunctions(_ file: SourceFile) -> [Violation] {
        FunctionSpan.all(in: file.code).compactMap { span in
            guard span.lineCount > functionLinesMax else { return nil }
            return Violation(
                path: file.path, line: span.firstLine,
                message: "a function of \(span.lineCount) lines; \(functionLinesMax) is the limit")
        }
    }
}

/// From which line to which a function goes.
struct FunctionSpan {
    let firstLine: Int
    let lastLine: Int
    var lineCount: Int { lastLine - firstLine + 1 }

    /// Every function and initializer of a code without comments and strings.
    static func all(in code: String) -> [FunctionSpan] {
        let characters = Array(code.utf8)
        var spans: [FunctionSpan] = []
        var line = 1
        for (index, character) in characters.enumerated() {
            if character == UInt8(ascii: "\n") { line += 1 }
            guard startsFunction(characters, at: index), let body = bodyStart(characters, after: index) else {
                continue
            }
            let end = bodyEnd(characters, from: body)
            let last = line + characters[index...end].count { $0 == UInt8(ascii: "\n") }
            spans.append(FunctionSpan(firstLine: line, lastLine: last))
        }
        return spans
    }

    private static func startsFunction(_ code: [UInt8], at index: Int) -> Bool {
        if index > 0, isNamePart(code[index - 1]) || code[index - 1] == UInt8(ascii: ".") { return false }
        return ["func ", "init(", "init<", "init?(", "deinit "].contains { code[index...].starts(with: $0.utf8) }
    }

    private static func isNamePart(_ byte: UInt8) -> Bool {
        let scalar = Character(UnicodeScalar(byte))
        return scalar.isLetter || scalar.isNumber || scalar == "_"
    }

    /// Where the body opens; nil when the declaration has none.
    private static func bodyStart(_ code: [UInt8], after index: Int) -> Int? {
        var depth = 0
        for place in index..<code.count {
            switch code[place] {
            case UInt8(ascii: "("), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: ")"), UInt8(ascii: "]"): depth -= 1
            case UInt8(ascii: "{") where depth == 0: return place
            case UInt8(ascii: "}") where depth == 0: return nil
            default:
                if depth == 0, place > index, startsFunction(code, at: place) { return nil }
            }
        }
        return nil
    }

    private static func bodyEnd(_ code: [UInt8], from start: Int) -> Int {
        var depth = 0
        for place in start..<code.count {
            if code[place] == UInt8(ascii: "{") { depth += 1 }
            if code[place] == UInt8(ascii: "}") {
                depth -= 1
                if depth == 0 { return place }
            }
        }
        return code.count - 1
    }
}
