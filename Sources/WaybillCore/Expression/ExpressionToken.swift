/// A word, value or sign of an expression's text.
struct ExpressionToken: Hashable {
    let kind: Kind
    /// UTF-8 bytes from the start of the text to its first byte, and past its last.
    let offset: Int
    let end: Int

    enum Kind: Hashable {
        /// A name, or a function when '(' follows.
        case word
        case keyword(Keyword)
        /// Without its sign, so that the lowest 64-bit number can be written.
        case number(UInt64)
        /// With decimals, without its sign: in filters only.
        case decimal(DecimalNumber)
        /// Milliseconds, without their sign.
        case duration(UInt64)
        case text(Text)
        case symbol(Symbol)
        case end
    }

    /// Words that cannot be names, unless a '.' precedes them. Case-insensitive.
    enum Keyword: String, CaseIterable {
        case and, or, not, between, `in`, `is`, null, `true`, `false`, `case`, when, then, `else`, end
        case contains, startswith, endswith

        /// The keyword that these bytes spell, in whatever case.
        init?(bytes: ArraySlice<UInt8>) {
            // The longest keyword has ten bytes; longer words need no look-up.
            guard bytes.count <= 10 else { return nil }
            self.init(rawValue: String(decoding: bytes, as: UTF8.self).lowercased())
        }
    }

    enum Symbol: String {
        case equal = "="
        case notEqual = "<>"
        case lessOrEqual = "<="
        case less = "<"
        case greaterOrEqual = ">="
        case greater = ">"
        case plus = "+"
        case minus = "-"
        case star = "*"
        case slash = "/"
        case percent = "%"
        case joined = "||"
        case openParenthesis = "("
        case closeParenthesis = ")"
        case openBracket = "["
        case closeBracket = "]"
        case dot = "."
        case comma = ","
        case colon = ":"
    }
}
