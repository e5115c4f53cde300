/// From OR down to unary minus, one function per level.
extension ExpressionParser {
    mutating func disjunction() throws(ExpressionProblem) -> ExpressionSyntax {
        var operands = [try conjunction()]
        while take(.or) { operands.append(try conjunction()) }
        return try balanced(.or, operands[...])
    }

    private mutating func conjunction() throws(ExpressionProblem) -> ExpressionSyntax {
        var operands = [try negation()]
        while take(.and) { operands.append(try negation()) }
        return try balanced(.and, operands[...])
    }

    /// A tree of the logarithm of its operands' number, so that a long list of conditions is not a deep one.
    ///
    /// AND and OR are associative, in three-valued logic too, and the operands stay in order: nothing else changes.
    private mutating func balanced(
        _ operation: Expression.Operator, _ operands: ArraySlice<ExpressionSyntax>
    ) throws(ExpressionProblem) -> ExpressionSyntax {
        let middle = operands.startIndex + (operands.count + 1) / 2
        guard operands.count > 1 else { return operands[operands.startIndex] }
        let left = try balanced(operation, operands[..<middle])
        let right = try balanced(operation, operands[middle...])
        return try node(.binary(operation, left, right), at: left.offset, over: left, right)
    }

    private mutating func negation() throws(ExpressionProblem) -> ExpressionSyntax {
        let offset = current.offset
        guard take(.not) else { return try comparison() }
        let operand = try inside { parser throws(ExpressionProblem) in try parser.negation() }
        return try node(.not(operand), at: offset, over: operand)
    }

    private mutating func comparison() throws(ExpressionProblem) -> ExpressionSyntax {
        let left = try concatenation()
        guard let compared = try comparisonTail(left) else { return left }
        guard !startsComparison else {
            throw unexpected(
                expected: "AND, OR or the end of the comparison",
                hint: "comparisons are not chained: write a < b AND b < c")
        }
        return compared
    }

    private mutating func comparisonTail(_ left: ExpressionSyntax) throws(ExpressionProblem) -> ExpressionSyntax? {
        if let operation = currentComparison {
            advance()
            let right = try concatenation()
            return try node(.binary(operation, left, right), at: left.offset, over: left, right)
        }
        if take(.is) {
            let isNegated = take(.not)
            try expect(.null, "after IS")
            return try negated(isNegated, node(.isNull(left), at: left.offset, over: left))
        }
        let isNegated = take(.not)
        if let operation = takeTextOperator() {
            let right = try concatenation()
            return try negated(isNegated, node(.binary(operation, left, right), at: left.offset, over: left, right))
        }
        if take(.between) {
            let low = try concatenation()
            try expect(.and, "between the bounds of BETWEEN")
            let high = try concatenation()
            return try negated(isNegated, node(.between(left, low, high), at: left.offset, over: left, low, high))
        }
        if take(.in) {
            try expect(.openParenthesis, "before the values of IN")
            let values = try inside { parser throws(ExpressionProblem) in try parser.list() }
            return try negated(isNegated, node(.isIn(left, values), at: left.offset, over: [left] + values))
        }
        guard !isNegated else {
            throw unexpected(expected: "IN, BETWEEN, CONTAINS, STARTSWITH or ENDSWITH after NOT")
        }
        return nil
    }

    private mutating func negated(
        _ isNegated: Bool, _ operand: ExpressionSyntax
    ) throws(ExpressionProblem) -> ExpressionSyntax {
        isNegated ? try node(.not(operand), at: operand.offset, over: operand) : operand
    }

    /// One or more values up to the closing parenthesis.
    private mutating func list() throws(ExpressionProblem) -> [ExpressionSyntax] {
        var values = [try disjunction()]
        while take(.comma) { values.append(try disjunction()) }
        try expect(.closeParenthesis, "or ',' after a value of IN")
        return values
    }

    private var currentComparison: Expression.Operator? {
        switch current.kind {
        case .symbol(.equal): .equal
        case .symbol(.notEqual): .notEqual
        case .symbol(.less): .less
        case .symbol(.lessOrEqual): .lessOrEqual
        case .symbol(.greater): .greater
        case .symbol(.greaterOrEqual): .greaterOrEqual
        case .symbol, .keyword, .word, .number, .duration, .text, .end: nil
        }
    }

    private mutating func takeTextOperator() -> Expression.Operator? {
        if take(.contains) { return .contains }
        if take(.startswith) { return .startsWith }
        if take(.endswith) { return .endsWith }
        return nil
    }

    private var startsComparison: Bool {
        switch current.kind {
        case .keyword(.is), .keyword(.not), .keyword(.between), .keyword(.in), .keyword(.contains),
            .keyword(.startswith), .keyword(.endswith):
            true
        case .symbol, .keyword, .word, .number, .duration, .text, .end: currentComparison != nil
        }
    }

    mutating func concatenation() throws(ExpressionProblem) -> ExpressionSyntax {
        var left = try sum()
        while take(.joined) {
            let right = try sum()
            left = try node(.binary(.concatenate, left, right), at: left.offset, over: left, right)
        }
        return left
    }

    private mutating func sum() throws(ExpressionProblem) -> ExpressionSyntax {
        var left = try product()
        while true {
            let operation: Expression.Operator
            if take(.plus) {
                operation = .add
            } else if take(.minus) {
                operation = .subtract
            } else {
                return left
            }
            let right = try product()
            left = try node(.binary(operation, left, right), at: left.offset, over: left, right)
        }
    }

    private mutating func product() throws(ExpressionProblem) -> ExpressionSyntax {
        var left = try signed()
        while true {
            let operation: Expression.Operator
            if take(.star) {
                operation = .multiply
            } else if take(.slash) {
                operation = .divide
            } else if take(.percent) {
                operation = .remainder
            } else {
                return left
            }
            let right = try signed()
            left = try node(.binary(operation, left, right), at: left.offset, over: left, right)
        }
    }

    private mutating func signed() throws(ExpressionProblem) -> ExpressionSyntax {
        let offset = current.offset
        guard take(.minus) else { return try path() }
        switch current.kind {
        case .number(let magnitude):
            advance()
            return try node(.number(try negative(magnitude, at: offset)), at: offset)
        case .duration(let magnitude):
            advance()
            return try node(.duration(try negative(magnitude, at: offset)), at: offset)
        case .word, .keyword, .text, .symbol, .end:
            let operand = try inside { parser throws(ExpressionProblem) in try parser.signed() }
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
