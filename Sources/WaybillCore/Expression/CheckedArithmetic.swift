/// Arithmetic that reports an overflow instead of trapping: the operands come from outside.
extension Int64 {
    func plus(_ other: Int64) throws(EvaluationError) -> Int64 {
        try Self.fitting(addingReportingOverflow(other))
    }

    func minus(_ other: Int64) throws(EvaluationError) -> Int64 {
        try Self.fitting(subtractingReportingOverflow(other))
    }

    func times(_ other: Int64) throws(EvaluationError) -> Int64 {
        try Self.fitting(multipliedReportingOverflow(by: other))
    }

    /// Rounded towards zero. The lowest number divided by -1 is the only quotient that does not fit.
    func divided(by other: Int64) throws(EvaluationError) -> Int64 {
        guard other != 0 else { throw .divisionByZero }
        return try Self.fitting(dividedReportingOverflow(by: other))
    }

    /// What is left of a division; its sign is that of the dividend.
    func remainder(by other: Int64) throws(EvaluationError) -> Int64 {
        guard other != 0 else { throw .divisionByZero }
        // Reports an overflow for the lowest number and -1, although the remainder, 0, fits.
        return remainderReportingOverflow(dividingBy: other).partialValue
    }

    private static func fitting(
        _ result: (partialValue: Int64, overflow: Bool)
    ) throws(EvaluationError) -> Int64 {
        guard !result.overflow else { throw .overflow }
        return result.partialValue
    }
}

/// Costs stop at the largest number instead of trapping.
extension Int {
    package func addingSaturated(_ other: Int) -> Int {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }

    package func multipliedSaturated(by other: Int) -> Int {
        let (product, overflow) = multipliedReportingOverflow(by: other)
        return overflow ? .max : product
    }
}
