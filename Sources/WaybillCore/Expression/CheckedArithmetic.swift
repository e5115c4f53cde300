/// Arithmetic that reports an overflow instead of trapping: the operands come from outside.
func sum(_ left: Int64, _ right: Int64) throws(EvaluationError) -> Int64 {
    let (result, overflow) = left.addingReportingOverflow(right)
    guard !overflow else { throw .overflow }
    return result
}

/// left - right
func difference(_ left: Int64, _ right: Int64) throws(EvaluationError) -> Int64 {
    let (result, overflow) = left.subtractingReportingOverflow(right)
    guard !overflow else { throw .overflow }
    return result
}

/// left * right
func product(_ left: Int64, _ right: Int64) throws(EvaluationError) -> Int64 {
    let (result, overflow) = left.multipliedReportingOverflow(by: right)
    guard !overflow else { throw .overflow }
    return result
}

/// left / right, rounded towards zero.
func quotient(_ left: Int64, _ right: Int64) throws(EvaluationError) -> Int64 {
    guard right != 0 else { throw .divisionByZero }
    // The lowest number divided by -1 is the only quotient that does not fit.
    let (result, overflow) = left.dividedReportingOverflow(by: right)
    guard !overflow else { throw .overflow }
    return result
}

/// What is left of left / right; its sign is that of `left`.
func remainder(_ left: Int64, _ right: Int64) throws(EvaluationError) -> Int64 {
    guard right != 0 else { throw .divisionByZero }
    // Reports an overflow for the lowest number and -1, although the remainder, 0, fits.
    return left.remainderReportingOverflow(dividingBy: right).partialValue
}
