/// Cuts the text of an expression into tokens, in one pass.
struct ExpressionLexer {
    private let bytes: [UInt8]
    private let dialect: ExpressionDialect
    private var position = 0

    init(_ bytes: [UInt8], _ dialect: ExpressionDialect) {
        self.bytes = bytes
        self.dialect = dialect
    }

    /// All tokens; the last one is `.end`.
    mutating func tokens() throws(ExpressionProblem) -> [ExpressionToken] {
        var tokens: [ExpressionToken] = []
        // Tokens of real expressions are about four bytes long.
        tokens.reserveCapacity(bytes.count / 4 + 1)
        while let token = try next() { tokens.append(token) }
        tokens.append(ExpressionToken(kind: .end, offset: bytes.count, end: bytes.count))
        return tokens
    }

    private func byte(_ index: Int) -> UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func next() throws(ExpressionProblem) -> ExpressionToken? {
        while let space = byte(position), space == 0x20 || (space >= 0x09 && space <= 0x0D) { position += 1 }
        guard let first = byte(position) else { return nil }
        let start = position
        let kind: ExpressionToken.Kind
        if startsWord(first) {
            kind = word()
        } else if first.isDigit {
            kind = try dialect == .filter ? decimal() : number()
        } else if first == .quote {
            kind = try text()
        } else {
            kind = .symbol(try symbol(first))
        }
        return ExpressionToken(kind: kind, offset: start, end: position)
    }

    private mutating func word() -> ExpressionToken.Kind {
        let start = position
        while let next = byte(position), startsWord(next) || next.isDigit { position += 1 }
        guard let keyword = ExpressionToken.Keyword(bytes: bytes[start..<position]), dialect.knows(keyword) else {
            return .word
        }
        return .keyword(keyword)
    }

    private func startsWord(_ byte: UInt8) -> Bool {
        byte.startsWord || (byte == UInt8(ascii: "$") && dialect == .filter)
    }

    /// A text in single quotes; '' inside it stands for one quote.
    private mutating func text() throws(ExpressionProblem) -> ExpressionToken.Kind {
        let start = position
        var content: [UInt8] = []
        position += 1
        while let next = byte(position) {
            position += 1
            if next != .quote {
                content.append(next)
            } else if byte(position) == .quote {
                content.append(.quote)
                position += 1
            } else {
                // The bytes come from a Swift string and are cut at quotes only, so they are well-formed.
                return .text(Text(String(decoding: content, as: UTF8.self)))
            }
        }
        throw ExpressionProblem(
            .syntax, at: start, "found a text without its closing quote, expected '",
            hint: "a quote inside a text is written twice: 'it''s'")
    }

    private mutating func symbol(_ first: UInt8) throws(ExpressionProblem) -> ExpressionToken.Symbol {
        if let second = byte(position + 1) {
            let pair = String(decoding: [first, second], as: UTF8.self)
            if let symbol = ExpressionToken.Symbol(rawValue: pair) {
                position += 2
                return symbol
            }
            if let hint = Self.foreignSigns[pair] {
                throw ExpressionProblem(.syntax, at: position, "found '\(pair)', expected an operator", hint: hint)
            }
        }
        if let symbol = ExpressionToken.Symbol(rawValue: String(decoding: CollectionOfOne(first), as: UTF8.self)) {
            position += 1
            return symbol
        }
        let sign = character(at: position)
        throw ExpressionProblem(
            .syntax, at: position, "found \(sign.shown), which has no meaning outside a text",
            hint: Self.foreignSigns[sign.string])
    }

    /// Signs that other languages use, and what to write here.
    private static let foreignSigns = [
        "==": "equality is written =", "!=": "inequality is written <>", "&&": "write AND", "!": "write NOT",
        "\"": "texts stand in single quotes: 'text'", "`": "names are written without quotes",
        "\u{2018}": "texts stand in straight single quotes: 'text'",
        "\u{2019}": "texts stand in straight single quotes: 'text'",
        "|": "texts are joined by ||", ";": "one expression only: leave out the ;", "$": "names are written without $",
    ]

    /// The character that starts at a byte, for a message.
    private func character(at start: Int) -> (string: String, shown: String) {
        let length = min(4, bytes.count - start)
        let tail = String(decoding: bytes[start..<start + length], as: UTF8.self)
        guard let scalar = tail.unicodeScalars.first else { return ("", "nothing") }
        if scalar.value < 0x20 || scalar.value == 0x7F {
            return (String(scalar), "the control character \(scalar.value)")
        }
        return (String(scalar), "'\(scalar)'")
    }
}

// MARK: - Numbers

extension ExpressionLexer {
    /// The units of a duration, longest first: the order in which they must be written.
    private static let units: [(name: String, milliseconds: UInt64)] = [
        ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1),
    ]

    /// A whole number, or a duration such as `1h30m`: numbers that carry units.
    private mutating func number() throws(ExpressionProblem) -> ExpressionToken.Kind {
        let start = position
        var part = try digits(from: start)
        guard let next = byte(position), next.continuesWord else {
            guard byte(position) == .dot, byte(position + 1)?.isDigit == true else { return .number(part) }
            throw ExpressionProblem(
                .syntax, at: start, "found a number with a decimal point, expected a whole number",
                hint: hintForDecimal(at: start))
        }
        var total: UInt64 = 0
        var unitsLeft = Self.units[...]
        while true {
            let unit = try unit(among: unitsLeft, start: start)
            let (product, tooLarge) = part.multipliedReportingOverflow(by: Self.units[unit].milliseconds)
            let (sum, tooLong) = total.addingReportingOverflow(product)
            guard !tooLarge, !tooLong else { throw numberTooLarge(at: start) }
            total = sum
            unitsLeft = Self.units[(unit + 1)...]
            guard let next = byte(position), next.isDigit else { return .duration(total) }
            part = try digits(from: start)
        }
    }

    /// A factor is written as a fraction, an amount in minor units.
    private func hintForDecimal(at start: Int) -> String {
        var end = position + 1
        while let next = byte(end), next.isDigit { end += 1 }
        let decimals = end - position - 1
        let digits = String(decoding: bytes[start..<end], as: UTF8.self).filter { $0 != "." }.drop { $0 == "0" }
        let before = bytes[..<start].last { $0 != UInt8(ascii: " ") }
        guard before == UInt8(ascii: "*") || before == UInt8(ascii: "/"), decimals <= 6, !digits.isEmpty else {
            return "money is counted in minor units: 19.90 is 1990"
        }
        let scale = "1" + String(repeating: "0", count: decimals)
        let fraction = before == UInt8(ascii: "*") ? "\(digits) / \(scale)" : "\(scale) / \(digits)"
        return "there are no decimals; write a fraction, * \(fraction), which is rounded towards zero"
    }

    /// A whole number, or one with decimals.
    private mutating func decimal() throws(ExpressionProblem) -> ExpressionToken.Kind {
        let start = position
        let whole = try digits(from: start)
        var kind = ExpressionToken.Kind.number(whole)
        if byte(position) == .dot {
            position += 1
            let fractionStart = position
            let fraction = try digits(from: start)
            let count = position - fractionStart
            guard (1...DecimalNumber.fractionDigitsMax).contains(count) else {
                throw ExpressionProblem(
                    .syntax, at: start,
                    "found \(count) digits after the point, expected 1 to \(DecimalNumber.fractionDigitsMax)")
            }
            kind = .decimal(
                DecimalNumber(whole: whole, fraction: DecimalNumber.scaled(fraction, digits: count)))
        }
        if let next = byte(position), startsWord(next) {
            throw ExpressionProblem(
                .syntax, at: start, "found a number with a letter behind it, expected a number",
                hint: "numbers are written with digits and one point: 19.90; texts stand in single quotes")
        }
        return kind
    }

    private mutating func digits(from start: Int) throws(ExpressionProblem) -> UInt64 {
        var value: UInt64 = 0
        while let next = byte(position), next.isDigit {
            let (product, tooLarge) = value.multipliedReportingOverflow(by: 10)
            let (sum, tooLong) = product.addingReportingOverflow(UInt64(next - UInt8(ascii: "0")))
            guard !tooLarge, !tooLong else { throw numberTooLarge(at: start) }
            value = sum
            position += 1
        }
        return value
    }

    private mutating func unit(
        among units: ArraySlice<(name: String, milliseconds: UInt64)>, start: Int
    ) throws(ExpressionProblem) -> Int {
        let nameStart = position
        while let next = byte(position), next.continuesWord, !next.isDigit { position += 1 }
        let name = String(decoding: bytes[nameStart..<position], as: UTF8.self)
        if let index = units.firstIndex(where: { $0.name == name }) { return index }
        let found = String(decoding: bytes[start..<position].prefix(24), as: UTF8.self)
        throw ExpressionProblem(
            .syntax, at: start, "found '\(found)', expected a whole number or a duration",
            hint: "durations are written with d, h, m, s, ms, the longest first: 1d, 1h30m, 500ms")
    }

    private func numberTooLarge(at start: Int) -> ExpressionProblem {
        ExpressionProblem(.syntax, at: start, "found a number above \(Int64.max), the largest there is")
    }
}

extension UInt8 {
    fileprivate static let quote = UInt8(ascii: "'")
    fileprivate static let dot = UInt8(ascii: ".")

    fileprivate var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }
    fileprivate var startsWord: Bool {
        let lowercase = self | 0x20
        return (lowercase >= UInt8(ascii: "a") && lowercase <= UInt8(ascii: "z")) || self == UInt8(ascii: "_")
    }
    fileprivate var continuesWord: Bool { startsWord || isDigit }
}
