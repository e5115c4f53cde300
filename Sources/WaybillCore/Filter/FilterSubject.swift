/// The message that a filter is asked about.
struct FilterSubject {
    let tag: Text?
    let properties: [Text: Text]

    /// A value that is there; NULL is nil.
    fileprivate enum Present {
        /// Of a property or the tag: text, number or truth, as the other side asks.
        case untyped(Text)
        case text(Text)
        case number(DecimalNumber)
        case bool(Bool)
    }

    /// What a condition says of the message. No deeper than the parser allowed; AND and OR stop as soon as the answer
    /// is certain.
    func truth(_ condition: FilterCondition) -> Bool? {
        switch condition {
        case .constant(let bool): return bool
        case .truth(let operand): return present(operand)?.bool
        case .not(let operand): return truth(operand).map { !$0 }
        case .and(let left, let right):
            let first = truth(left)
            if first == false { return false }
            let second = truth(right)
            return second == false ? false : first == nil ? nil : second
        case .or(let left, let right):
            let first = truth(left)
            if first == true { return true }
            let second = truth(right)
            return second == true ? true : first == nil ? nil : second
        case .compared(let comparison, let left, let right):
            return Self.compare(comparison, present(left), present(right))
        case .isIn(let value, let values): return isIn(value, values)
        case .isNull(let operand): return present(operand) == nil
        }
    }

    /// Like `value = a OR value = b OR ...`.
    private func isIn(_ value: FilterOperand, _ values: [FilterOperand]) -> Bool? {
        let value = present(value)
        var isUnknown = false
        for candidate in values {
            guard let isEqual = Self.compare(.equal, value, present(candidate)) else {
                isUnknown = true
                continue
            }
            if isEqual { return true }
        }
        return isUnknown ? nil : false
    }

    private func present(_ operand: FilterOperand) -> Present? {
        switch operand {
        case .property(let name): properties[name].map { .untyped($0) }
        case .tag: tag.map { .untyped($0) }
        case .number(let number): .number(number)
        case .text(let text): .text(text)
        case .bool(let bool): .bool(bool)
        case .negated(let operand): present(operand)?.number.map { .number($0.negated) }
        case .computed(let operation, let left, let right):
            Self.compute(operation, present(left)?.number?.int64, present(right)?.number?.int64)
                .map { .number(DecimalNumber($0)) }
        }
    }

    /// NULL when a side is no whole number, or the result does not fit or exist: a filter cannot refuse a message.
    private static func compute(_ operation: FilterArithmetic, _ left: Int64?, _ right: Int64?) -> Int64? {
        guard let left, let right else { return nil }
        do throws(EvaluationError) {
            switch operation {
            case .add: return try left.plus(right)
            case .subtract: return try left.minus(right)
            case .multiply: return try left.times(right)
            case .divide: return try left.divided(by: right)
            case .remainder: return try left.remainder(by: right)
            }
        } catch {
            return nil
        }
    }

    private static func compare(_ comparison: FilterComparison, _ left: Present?, _ right: Present?) -> Bool? {
        guard let left, let right else { return nil }
        switch (left, right) {
        case (.number, _), (_, .number):
            guard let first = left.number, let second = right.number else { return nil }
            return comparison.holds(isEqual: first == second, isLess: first < second)
        case (.bool, _), (_, .bool):
            guard let first = left.bool, let second = right.bool else { return nil }
            return comparison.holds(isEqual: first == second, isLess: false)
        case (.untyped(let first), .untyped(let second)), (.untyped(let first), .text(let second)),
            (.text(let first), .untyped(let second)), (.text(let first), .text(let second)):
            return comparison.holds(first, second)
        }
    }
}

extension FilterSubject.Present {
    fileprivate var number: DecimalNumber? {
        switch self {
        case .untyped(let text): DecimalNumber(text)
        case .number(let number): number
        case .text, .bool: nil
        }
    }

    /// A property spells a truth in whatever case.
    fileprivate var bool: Bool? {
        switch self {
        case .bool(let bool): return bool
        case .untyped(let text):
            // No longer text spells one, and lower-casing takes time by the length.
            guard text.byteCount <= 5 else { return nil }
            let word = text.string.lowercased()
            return word == "true" ? true : word == "false" ? false : nil
        case .text, .number: return nil
        }
    }
}

extension FilterComparison {
    /// The answer to two numbers or truths; the text operators have none, and the checker lets none through.
    fileprivate func holds(isEqual: Bool, isLess: Bool) -> Bool? {
        switch self {
        case .equal: isEqual
        case .notEqual: !isEqual
        case .less: isLess
        case .lessOrEqual: isLess || isEqual
        case .greater: !isLess && !isEqual
        case .greaterOrEqual: !isLess
        case .contains, .startsWith, .endsWith: nil
        }
    }

    fileprivate func holds(_ left: Text, _ right: Text) -> Bool? {
        switch self {
        case .contains: left.contains(right)
        case .startsWith: left.starts(with: right)
        case .endsWith: left.ends(with: right)
        case .equal, .notEqual: holds(isEqual: left == right, isLess: false)
        case .less, .lessOrEqual, .greater, .greaterOrEqual: holds(isEqual: left == right, isLess: left < right)
        }
    }
}
