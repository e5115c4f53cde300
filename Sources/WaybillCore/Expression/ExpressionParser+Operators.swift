/// How tightly an operator binds, from loose to tight.
private enum Binding: Int, Comparable {
    case or = 1
    case and, not, comparison, concatenation, sum, product, sign

    /// The binding that the right side of an operator of this one must have: operators of one level go from the left.
    var tighter: Binding { Binding(rawValue: rawValue + 1) ?? .sign }

    static func < (left: Binding, right: Binding) -> Bool { left.rawValue < right.rawValue }
}

/// Operators, by precedence climbing: one function for all levels, so that nesting takes little of the stack.
extension ExpressionParser {
    /// A whole expression.
    mutating func expression() throws(ExpressionProblem) -> ExpressionSyntax { try operation(binding: .or) }

    /// An expression without comparisons or logic outside parentheses: what stands before ':', OVER, BY.
    mutating func operand() throws(ExpressionProblem) -> ExpressionSyntax { try operation(binding: .concatenation) }

    /// An operand and all operators after it that bind at least as tightly as `minimum`.
    private mutating func operation(binding minimum: Binding) throws(ExpressionProblem) -> ExpressionSyntax {
        var left: ExpressionSyntax
        if minimum <= .not, current.kind == .keyword(.not) {
            left = try negation()
        } else {
            left = try signed()
        }
        while let binding = currentBinding, binding >= minimum {
            switch binding {
            case .or, .and: left = try chain(from: left, binding)
            case .comparison: left = try comparison(left)
            case .concatenation, .sum, .product: left = try binary(left, binding)
            case .not, .sign: return left
            }
        }
        return left
    }

    private mutating func negation() throws(ExpressionProblem) -> ExpressionSyntax {
        let offset = current.offset
        advance()
        try open()
        let operand = try operation(binding: .not)
        close()
        return try node(.not(operand), at: offset, over: operand)
    }

    /// One operator and its right side.
    private mutating func binary(
        _ left: ExpressionSyntax, _ binding: Binding
    ) throws(ExpressionProblem) -> ExpressionSyntax {
        guard let operation = currentOperator else { return left }
        advance()
        let right = try self.operation(binding: binding.tighter)
        return try node(.binary(operation, left, right), at: left.offset, over: left, right)
    }

    /// All operands of an AND or OR.
    private mutating func chain(
        from first: ExpressionSyntax, _ binding: Binding
    ) throws(ExpressionProblem) -> ExpressionSyntax {
        let keyword = binding == .and ? ExpressionToken.Keyword.and : .or
        var operands = [first]
        while take(keyword) { operands.append(try operation(binding: binding.tighter)) }
        return try balanced(binding == .and ? .and : .or, operands[...])
    }

    /// A tree of the logarithm of its operands' number, so that a long list of conditions is not a deep one.
    ///
    /// AND and OR are associative, in three-valued logic too, and the operands stay in order: nothing else changes.
    private mutating func balanced(
        _ operation: Expression.Operator, _ operands: ArraySlice<ExpressionSyntax>
    ) throws(ExpressionProblem) -> ExpressionSyntax {
        guard operands.count > 1 else { return operands[operands.startIndex] }
        let middle = operands.startIndex + (operands.count + 1) / 2
        let left = try balanced(operation, operands[..<middle])
        let right = try balanced(operation, operands[middle...])
        return try node(.binary(operation, left, right), at: left.offset, over: left, right)
    }
}

// MARK: - Comparisons

extension ExpressionParser {
    /// Everything that compares, with its negated forms; not chained.
    private mutating func comparison(_ left: ExpressionSyntax) throws(ExpressionProblem) -> ExpressionSyntax {
        let compared: ExpressionSyntax
        if currentOperator != nil {
            compared = try binary(left, .comparison)
        } else if take(.is) {
            let isNegated = take(.not)
            try expect(.null, "after IS")
            compared = try negated(isNegated, node(.isNull(left), at: left.offset, over: left))
        } else {
            let isNegated = take(.not)
            compared = try negated(isNegated, test(left))
        }
        guard currentBinding != .comparison else {
            throw unexpected(
                expected: "AND, OR or the end of the comparison",
                hint: "comparisons are not chained: write a < b AND b < c")
        }
        return compared
    }

    /// What NOT may stand before: text operators, BETWEEN and IN.
    private mutating func test(_ left: ExpressionSyntax) throws(ExpressionProblem) -> ExpressionSyntax {
        switch current.kind {
        case .keyword(.contains), .keyword(.startswith), .keyword(.endswith): return try binary(left, .comparison)
        case .symbol, .keyword, .word, .number, .decimal, .duration, .text, .end: break
        }
        if take(.between) {
            let low = try operand()
            try expect(.and, "between the bounds of BETWEEN")
            let high = try operand()
            return try node(.between(left, low, high), at: left.offset, over: left, low, high)
        }
        guard take(.in) else {
            throw unexpected(expected: "IN, BETWEEN, CONTAINS, STARTSWITH or ENDSWITH after NOT")
        }
        try expect(.openParenthesis, "before the values of IN")
        try open()
        var values = [try expression()]
        while take(.comma) { values.append(try expression()) }
        close()
        try expect(.closeParenthesis, "or ',' after a value of IN")
        return try node(.isIn(left, values), at: left.offset, over: [left] + values)
    }

    private mutating func negated(
        _ isNegated: Bool, _ operand: ExpressionSyntax
    ) throws(ExpressionProblem) -> ExpressionSyntax {
        isNegated ? try node(.not(operand), at: operand.offset, over: operand) : operand
    }
}

// MARK: - The operator at hand

extension ExpressionParser {
    /// How tightly the current token binds what is before it to what follows; nil: it does not.
    private var currentBinding: Binding? {
        switch current.kind {
        case .keyword(.or): .or
        case .keyword(.and): .and
        case .keyword(.is), .keyword(.not), .keyword(.between), .keyword(.in), .keyword(.contains),
            .keyword(.startswith), .keyword(.endswith):
            .comparison
        case .symbol(let symbol):
            switch symbol {
            case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual: .comparison
            case .joined: .concatenation
            case .plus, .minus: .sum
            case .star, .slash, .percent: .product
            case .openParenthesis, .closeParenthesis, .openBracket, .closeBracket, .dot, .comma, .colon: nil
            }
        case .keyword, .word, .number, .decimal, .duration, .text, .end: nil
        }
    }

    /// The operator of two sides that the current token is; AND and OR are taken as chains.
    private var currentOperator: Expression.Operator? {
        switch current.kind {
        case .keyword(.contains): .contains
        case .keyword(.startswith): .startsWith
        case .keyword(.endswith): .endsWith
        case .symbol(let symbol):
            switch symbol {
            case .equal: .equal
            case .notEqual: .notEqual
            case .less: .less
            case .lessOrEqual: .lessOrEqual
            case .greater: .greater
            case .greaterOrEqual: .greaterOrEqual
            case .joined: .concatenate
            case .plus: .add
            case .minus: .subtract
            case .star: .multiply
            case .slash: .divide
            case .percent: .remainder
            case .openParenthesis, .closeParenthesis, .openBracket, .closeBracket, .dot, .comma, .colon: nil
            }
        case .keyword, .word, .number, .decimal, .duration, .text, .end: nil
        }
    }
}

// MARK: - Signs

extension ExpressionParser {
    private mutating func signed() throws(ExpressionProblem) -> ExpressionSyntax {
        let offset = current.offset
        guard take(.minus) else { return try path() }
        switch current.kind {
        case .number(let magnitude):
            advance()
            return try node(.number(try negative(magnitude, at: offset)), at: offset)
        case .decimal(let number):
            advance()
            return try node(.decimal(number.negated), at: offset)
        case .duration(let magnitude):
            advance()
            return try node(.duration(try negative(magnitude, at: offset)), at: offset)
        case .word, .keyword, .text, .symbol, .end:
            try open()
            let operand = try signed()
            close()
            return try node(.negate(operand), at: offset, over: operand)
        }
    }

    private func negative(_ magnitude: UInt64, at offset: Int) throws(ExpressionProblem) -> Int64 {
        // Two's complement: the magnitude of the lowest number is one above the largest number.
        guard magnitude <= UInt64(Int64.max) + 1 else {
            throw ExpressionProblem(.syntax, at: offset, "found a number below \(Int64.min), the lowest there is")
        }
        return Int64(truncatingIfNeeded: 0 &- magnitude)
    }
}
