/// A checked condition of a filter: true, false or UNKNOWN of each message.
indirect enum FilterCondition: Hashable, Sendable {
    case constant(Bool)
    /// A property that spells TRUE or FALSE.
    case truth(FilterOperand)
    case not(FilterCondition)
    case and(FilterCondition, FilterCondition)
    case or(FilterCondition, FilterCondition)
    case compared(FilterComparison, FilterOperand, FilterOperand)
    case isIn(FilterOperand, [FilterOperand])
    case isNull(FilterOperand)
}

/// What a filter compares.
indirect enum FilterOperand: Hashable, Sendable {
    /// A user property of this name.
    case property(Text)
    case tag
    case number(DecimalNumber)
    case text(Text)
    case bool(Bool)
    case negated(FilterOperand)
    case computed(FilterArithmetic, FilterOperand, FilterOperand)
}

enum FilterComparison: Hashable, Sendable {
    case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
    case contains, startsWith, endsWith
}

/// Operators on whole numbers of 64 bits.
enum FilterArithmetic: Hashable, Sendable {
    case add, subtract, multiply, divide, remainder
}
