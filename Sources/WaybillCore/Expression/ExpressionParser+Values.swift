/// Values, names, paths, and everything in parentheses.
extension ExpressionParser {
    /// A value followed by any number of `.field` and `[key]`.
    mutating func path() throws(ExpressionProblem) -> ExpressionSyntax {
        var value = try primary()
        while true {
            if take(.dot) {
                // After a dot keywords are names: `event.case`, `event.by`.
                guard isWord(current) else { throw unexpected(expected: "the name of a field after '.'") }
                let name = ExpressionSyntax.Name(text: Text(spelling(current)), offset: current.offset)
                advance()
                value = try node(.member(value, name), at: value.offset, over: value)
            } else if take(.openBracket) {
                try open()
                let key = try expression()
                close()
                try expect(.closeBracket, "after the key")
                value = try node(.element(value, key: key), at: value.offset, over: value, key)
            } else {
                return value
            }
        }
    }

    private func isWord(_ token: ExpressionToken) -> Bool {
        switch token.kind {
        case .word, .keyword: true
        case .number, .decimal, .duration, .text, .symbol, .end: false
        }
    }

    private mutating func primary() throws(ExpressionProblem) -> ExpressionSyntax {
        let token = current
        switch token.kind {
        case .number(let magnitude):
            advance()
            return try node(.number(try positive(magnitude, at: token.offset)), at: token.offset)
        case .decimal(let number):
            advance()
            return try node(.decimal(number), at: token.offset)
        case .duration(let magnitude):
            advance()
            return try node(.duration(try positive(magnitude, at: token.offset)), at: token.offset)
        case .text(let text):
            advance()
            return try node(.text(text), at: token.offset)
        case .word:
            guard self.token(ahead: 1).kind == .symbol(.openParenthesis) else {
                advance()
                return try node(.name(Text(spelling(token))), at: token.offset)
            }
            return try call()
        case .symbol(.openParenthesis):
            advance()
            try open()
            let inner = try expression()
            close()
            try expect(.closeParenthesis, "or an operator")
            return try wrapped(inner.kind, at: token.offset, depth: inner.depth + 1)
        case .keyword(let keyword): return try valueKeyword(keyword, at: token.offset)
        case .symbol, .end: throw unexpected(expected: "a value")
        }
    }

    private mutating func valueKeyword(
        _ keyword: ExpressionToken.Keyword, at offset: Int
    ) throws(ExpressionProblem) -> ExpressionSyntax {
        switch keyword {
        case .null:
            advance()
            return try node(.null, at: offset)
        case .true, .false:
            advance()
            return try node(.bool(keyword == .true), at: offset)
        case .case:
            advance()
            try open()
            let choice = try choice(at: offset)
            close()
            return choice
        case .not:
            throw unexpected(expected: "a value", hint: "put NOT and what it denies in parentheses")
        case .and, .or, .between, .in, .is, .when, .then, .else, .end, .contains, .startswith, .endswith:
            throw unexpected(
                expected: "a value", hint: "\(keyword.rawValue.uppercased()) is a keyword and names nothing")
        }
    }

    private func positive(_ magnitude: UInt64, at offset: Int) throws(ExpressionProblem) -> Int64 {
        guard let number = Int64(exactly: magnitude) else {
            throw ExpressionProblem(.syntax, at: offset, "found a number above \(Int64.max), the largest there is")
        }
        return number
    }

    /// What follows CASE.
    private mutating func choice(at offset: Int) throws(ExpressionProblem) -> ExpressionSyntax {
        var branches: [ExpressionSyntax.Branch] = []
        var parts: [ExpressionSyntax] = []
        repeat {
            try expect(.when, branches.isEmpty ? "after CASE" : "after a branch")
            let condition = try expression()
            try expect(.then, "after the condition of WHEN")
            let value = try expression()
            branches.append(ExpressionSyntax.Branch(condition: condition, value: value))
            parts += [condition, value]
        } while current.kind == .keyword(.when)
        let otherwise = take(.else) ? try expression() : nil
        if let otherwise { parts.append(otherwise) }
        guard take(.end) else {
            throw unexpected(expected: otherwise == nil ? "WHEN, ELSE or END" : "END after the value of ELSE")
        }
        return try node(.choice(branches, otherwise: otherwise), at: offset, over: parts)
    }
}

// MARK: - Functions

extension ExpressionParser {
    /// Functions, by their names in lower case.
    enum Function: String, CaseIterable {
        case sum, count, every, any, min, max, allocate
        case inState = "in_state"
    }

    private mutating func call() throws(ExpressionProblem) -> ExpressionSyntax {
        let token = current
        guard let function = Function(rawValue: spelling(token).lowercased()) else {
            let known = Function.allCases.map { $0.rawValue.uppercased() }.joined(separator: ", ")
            throw ExpressionProblem(
                .syntax, at: token.offset, "found '\(spelling(token).prefix(24))(', expected a function",
                hint: "the functions are \(known)")
        }
        advance()
        advance()
        let result: ExpressionSyntax
        switch function {
        case .sum: result = try aggregate(.sum, at: token.offset)
        case .every: result = try aggregate(.every, at: token.offset)
        case .any: result = try aggregate(.any, at: token.offset)
        case .min: result = try aggregate(.min, at: token.offset)
        case .max: result = try aggregate(.max, at: token.offset)
        case .count: result = try count(at: token.offset)
        case .allocate: result = try allocation(at: token.offset)
        case .inState: result = try inState(at: token.offset)
        }
        try expect(.closeParenthesis, "after the arguments of \(function.rawValue.uppercased())")
        return result
    }

    /// `l IN lines: l.qty`
    private mutating func aggregate(
        _ aggregate: Expression.Aggregate, at offset: Int
    ) throws(ExpressionProblem) -> ExpressionSyntax {
        let form = "a name, IN, a collection, ':' and a value, such as (l IN lines: l.qty)"
        guard current.kind == .word else { throw unexpected(expected: form) }
        let each = ExpressionSyntax.Name(text: Text(spelling(current)), offset: current.offset)
        advance()
        guard take(.in) else { throw unexpected(expected: "IN: \(form)") }
        let collection = try argument()
        try expect(.colon, "after the collection")
        try open()
        let body = try expression()
        close()
        return try node(
            .aggregate(aggregate, each: each, over: collection, body: body), at: offset, over: collection, body)
    }

    /// `l IN lines: l.qty > 0` counts what is true, `lines` counts all.
    private mutating func count(at offset: Int) throws(ExpressionProblem) -> ExpressionSyntax {
        if current.kind == .word, token(ahead: 1).kind == .keyword(.in) { return try aggregate(.count, at: offset) }
        let collection = try argument()
        return try node(.count(collection), at: offset, over: collection)
    }

    /// `amount OVER collection BY weight`
    private mutating func allocation(at offset: Int) throws(ExpressionProblem) -> ExpressionSyntax {
        let amount = try argument()
        guard take(word: "over") else { throw unexpected(expected: "OVER after the amount of ALLOCATE") }
        let collection = try argument()
        guard take(word: "by") else { throw unexpected(expected: "BY after the collection of ALLOCATE") }
        let weight = try argument()
        return try node(
            .allocate(amount: amount, over: collection, weight: weight), at: offset, over: amount, collection, weight)
    }

    /// An argument that ends where its function says: at ')', ':', OVER or BY.
    private mutating func argument() throws(ExpressionProblem) -> ExpressionSyntax {
        try open()
        let argument = try operand()
        close()
        return argument
    }

    private mutating func inState(at offset: Int) throws(ExpressionProblem) -> ExpressionSyntax {
        guard case .text(let path) = current.kind else {
            throw unexpected(expected: "the path of a state in quotes, such as IN_STATE('money.paid')")
        }
        advance()
        return try node(.inState(path), at: offset)
    }
}
