/// A Swift text taken apart: its code with comments and string contents blanked, and its comments alone.
///
/// Both keep every line break, so that line numbers agree. The parts of a string between `\(` and `)` stay code.
struct SourceText {
    private(set) var code = ""
    private(set) var comments = ""
    private var rest: Substring

    init(_ text: String) {
        rest = text[...]
        readCode(untilParenthesis: false)
    }

    var codeLines: [Substring] { code.split(separator: "\n", omittingEmptySubsequences: false) }
    var commentLines: [Substring] { comments.split(separator: "\n", omittingEmptySubsequences: false) }

    private enum Place { case code, comment, string }

    /// Moves `count` characters on, keeping them where they belong and a blank everywhere else.
    private mutating func take(_ count: Int, as place: Place) {
        for character in rest.prefix(count) {
            let isBreak = character.isNewline
            code.append(isBreak ? "\n" : place == .code ? character : " ")
            comments.append(isBreak ? "\n" : place == .comment ? character : " ")
        }
        rest = rest.dropFirst(count)
    }

    private mutating func readCode(untilParenthesis: Bool) {
        var depth = 0
        while let character = rest.first {
            if rest.hasPrefix("//") {
                take(rest.prefix { !$0.isNewline }.count, as: .comment)
            } else if rest.hasPrefix("/*") {
                readBlockComment()
            } else if let hashes = hashesBeforeQuote() {
                readString(hashes: hashes)
            } else {
                if character == "(" { depth += 1 }
                if character == ")" { depth -= 1 }
                take(1, as: .code)
                if untilParenthesis, depth == 0 { return }
            }
        }
    }

    private mutating func readBlockComment() {
        var depth = 0
        repeat {
            if rest.hasPrefix("/*") {
                depth += 1
                take(2, as: .comment)
            } else if rest.hasPrefix("*/") {
                depth -= 1
                take(2, as: .comment)
            } else {
                take(1, as: .comment)
            }
        } while depth > 0 && !rest.isEmpty
    }

    /// How many `#` stand before a string that begins here, or nil when none does.
    private func hashesBeforeQuote() -> Int? {
        let hashes = rest.prefix { $0 == "#" }.count
        return rest.dropFirst(hashes).first == "\"" ? hashes : nil
    }

    private mutating func readString(hashes: Int) {
        let fence = String(repeating: "#", count: hashes)
        let isLong = rest.dropFirst(hashes).hasPrefix("\"\"\"")
        let quote = isLong ? "\"\"\"" : "\""
        take(hashes + quote.count, as: .string)
        while !rest.isEmpty {
            if rest.hasPrefix(quote + fence) { return take(quote.count + hashes, as: .string) }
            if !isLong, rest.first?.isNewline == true { return }
            if rest.hasPrefix("\\" + fence + "(") {
                take(1 + hashes, as: .string)
                readCode(untilParenthesis: true)
            } else if rest.hasPrefix("\\" + fence) {
                take(2 + hashes, as: .string)
            } else {
                take(1, as: .string)
            }
        }
    }
}

extension Substring {
    /// Whether `word` stands here other than as the end of a longer name: `Entry?` holds no `try?`.
    func containsWord(_ word: String) -> Bool {
        ranges(of: word).contains { range in
            guard let before = self[..<range.lowerBound].last, word.first?.isLetter == true else { return true }
            return !before.isLetter && !before.isNumber && before != "_"
        }
    }
}
