/// Reads the text of an expression into an ``ExpressionSyntax``: precedence climbing, in time linear in the text.
///
/// From loose to tight: OR · AND · NOT · comparisons (not chained) · `||` · `+ -` · `* / %` · unary minus · paths.
package struct ExpressionParser {
    /// Longest text, in UTF-8 bytes.
    package static let textBytesMax = 8_192
    /// Deepest nesting: what bounds the stack of parser, checker and evaluator.
    package static let depthMax = 64
    /// Most names, values and operators.
    package static let nodeCountMax = 1_024

    private let dialect: ExpressionDialect
    private let bytes: [UInt8]
    private let tokens: [ExpressionToken]
    private var index = 0
    private var openCount = 0
    private var nodeCount = 0

    /// The syntax of `text`, or where and why it is not an expression.
    package static func parse(
        _ text: String, dialect: ExpressionDialect = .workflow
    ) throws(ExpressionProblem) -> ExpressionSyntax {
        guard text.utf8.count <= textBytesMax else {
            throw ExpressionProblem(
                .textTooLong, at: textBytesMax,
                "the text has \(text.utf8.count) bytes, at most \(textBytesMax) are allowed",
                hint: dialect.sizeHint)
        }
        var parser = try ExpressionParser(Array(text.utf8), dialect)
        let syntax = try parser.expression()
        guard parser.current.kind == .end else {
            let isLike = parser.spelling(parser.current).lowercased() == "like"
            throw parser.unexpected(
                expected: "an operator or the end",
                hint: isLike ? "texts are searched by CONTAINS, STARTSWITH and ENDSWITH" : nil)
        }
        return syntax
    }

    /// Whether `name` cannot be the name of a field or variable: a keyword, `now`, `event` or `order`.
    package static func isReserved(_ name: Text) -> Bool {
        roots.contains(name) || ExpressionToken.Keyword(bytes: Array(name.string.utf8)[...]) != nil
    }

    /// Names that every expression can see.
    static let roots: [Text] = ["now", "event", "order"]

    private init(_ bytes: [UInt8], _ dialect: ExpressionDialect) throws(ExpressionProblem) {
        self.dialect = dialect
        var lexer = ExpressionLexer(bytes, dialect)
        self.bytes = bytes
        tokens = try lexer.tokens()
    }
}

// MARK: - Tokens

extension ExpressionParser {
    var current: ExpressionToken { tokens[index] }

    /// The token `count` places ahead; the last one is `.end`, and it is never passed.
    func token(ahead count: Int) -> ExpressionToken { tokens[min(index + count, tokens.count - 1)] }

    mutating func advance() { index = min(index + 1, tokens.count - 1) }

    mutating func take(_ symbol: ExpressionToken.Symbol) -> Bool {
        guard current.kind == .symbol(symbol) else { return false }
        advance()
        return true
    }

    mutating func take(_ keyword: ExpressionToken.Keyword) -> Bool {
        guard current.kind == .keyword(keyword) else { return false }
        advance()
        return true
    }

    /// OVER and BY are keywords only where ALLOCATE expects them.
    mutating func take(word: String) -> Bool {
        guard current.kind == .word, spelling(current).lowercased() == word else { return false }
        advance()
        return true
    }

    mutating func expect(_ symbol: ExpressionToken.Symbol, _ purpose: String) throws(ExpressionProblem) {
        guard take(symbol) else { throw unexpected(expected: "'\(symbol.rawValue)' \(purpose)") }
    }

    mutating func expect(_ keyword: ExpressionToken.Keyword, _ purpose: String) throws(ExpressionProblem) {
        guard take(keyword) else { throw unexpected(expected: "\(keyword.rawValue.uppercased()) \(purpose)") }
    }

    func spelling(_ token: ExpressionToken) -> String {
        String(decoding: bytes[token.offset..<token.end], as: UTF8.self)
    }

    /// The problem that the current token is not what the grammar asks for.
    func unexpected(expected: String, hint: String? = nil) -> ExpressionProblem {
        let found: String
        if current.kind == .end {
            found = "the end"
        } else {
            let spelling = spelling(current)
            let shown = spelling.prefix(24)
            found = "'\(shown)\(shown.endIndex == spelling.endIndex ? "" : "...")'"
        }
        return ExpressionProblem(.syntax, at: current.offset, "found \(found), expected \(expected)", hint: hint)
    }
}

// MARK: - Nodes and their limits

extension ExpressionParser {
    /// A node over `parts`; refused when the expression becomes too big or too deep.
    mutating func node(
        _ kind: ExpressionSyntax.Kind, at offset: Int, over parts: ExpressionSyntax...
    ) throws(ExpressionProblem) -> ExpressionSyntax {
        try node(kind, at: offset, over: parts)
    }

    mutating func node(
        _ kind: ExpressionSyntax.Kind, at offset: Int, over parts: [ExpressionSyntax]
    ) throws(ExpressionProblem) -> ExpressionSyntax {
        nodeCount += 1
        guard nodeCount <= Self.nodeCountMax else {
            throw ExpressionProblem(
                .tooManyNodes, at: offset, "more than \(Self.nodeCountMax) names, values and operators",
                hint: dialect.sizeHint)
        }
        return try wrapped(kind, at: offset, depth: 1 + (parts.lazy.map(\.depth).max() ?? 0))
    }

    /// A node of a known depth; parentheses deepen a node without being one.
    func wrapped(
        _ kind: ExpressionSyntax.Kind, at offset: Int, depth: Int
    ) throws(ExpressionProblem) -> ExpressionSyntax {
        guard depth <= Self.depthMax else { throw tooDeep(at: offset) }
        return ExpressionSyntax(offset: offset, depth: depth, kind: kind)
    }

    /// Goes into a construct that parsing recurses for, so that hostile nesting ends before the stack does.
    mutating func open() throws(ExpressionProblem) {
        openCount += 1
        // Each open construct will be a level above at least one more node: this refuses nothing that `wrapped` allows.
        guard openCount < Self.depthMax else { throw tooDeep(at: current.offset) }
    }

    /// Leaves what `open` began. After an error nobody parses on, so it need not be called then.
    mutating func close() { openCount -= 1 }

    private func tooDeep(at offset: Int) -> ExpressionProblem {
        ExpressionProblem(
            .tooDeep, at: offset, "nested deeper than \(Self.depthMax) levels",
            hint: dialect.sizeHint)
    }
}
