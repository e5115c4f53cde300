/// What may not stand in product code: ways to crash, errors thrown away, work left for later, names without meaning.
enum TrapRules {
    static let banned = ["try?", "try!", "as!", "fatalError(", "assertionFailure(", "@testable"]
    static let emptyNames = ["Manager", "Helper", "Helpers", "Util", "Utils", "Impl", "Base", "Common"]
    static let unfinished = ["TODO", "FIXME", "XXX", "HACK"]

    static func violations(in file: SourceFile) -> [Violation] {
        var violations: [Violation] = []
        for (index, line) in file.codeLines.enumerated() {
            func report(_ message: String) {
                violations.append(Violation(path: file.path, line: index + 1, message: message))
            }
            for word in banned where line.containsWord(word) { report("\(word) is not allowed here") }
            if hasForcedUnwrap(line) { report("a forced unwrap; use guard, and an error that says what is wrong") }
            if let name = emptyName(line) { report("the name \(name) does not say what it is") }
            if line.contains("@unchecked Sendable"), !isExplained(file, line: index) {
                report("@unchecked Sendable needs a comment beside it that says why it holds")
            }
        }
        return violations
    }

    /// Work that was put off, in comments of code and anywhere in other texts.
    static func unfinishedWork(in file: SourceFile) -> [Violation] {
        let lines = file.path.hasSuffix(".swift") ? file.commentLines : file.lines
        return lines.enumerated().compactMap { index, line in
            let words = line.split(whereSeparator: { !$0.isLetter })
            guard let word = unfinished.first(where: { words.contains(Substring($0)) }) else { return nil }
            return Violation(path: file.path, line: index + 1, message: "\(word): finish it, or leave it out")
        }
    }

    /// A `!` right after a name, a bracket or another `!` that is not `!=`.
    private static func hasForcedUnwrap(_ line: Substring) -> Bool {
        let characters = Array(line)
        return characters.indices.contains { index in
            guard characters[index] == "!", index > 0 else { return false }
            let before = characters[index - 1]
            let isOperand = before.isLetter || before.isNumber || [")", "]", "}", "_", "!", "`"].contains(before)
            return isOperand && (index + 1 == characters.count || characters[index + 1] != "=")
        }
    }

    private static func emptyName(_ line: Substring) -> Substring? {
        let words = line.split(whereSeparator: { !$0.isLetter && !$0.isNumber && $0 != "_" })
        let kinds: Set<Substring> = ["class", "struct", "enum", "protocol", "actor", "typealias"]
        guard let kind = words.firstIndex(where: kinds.contains), kind + 1 < words.count else { return nil }
        return emptyNames.contains(where: words[kind + 1].hasSuffix) ? words[kind + 1] : nil
    }

    private static func isExplained(_ file: SourceFile, line: Int) -> Bool {
        let near = file.commentLines[max(0, line - 8)..<min(file.commentLines.count, line + 4)]
        return near.contains { $0.contains("Sendable") || $0.contains("nchecked") }
    }
}
