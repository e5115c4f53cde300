/// Why an expression has no value. All are refusals, never traps.
package enum EvaluationError: Error, Hashable, Sendable {
    /// A sum or product left the 64-bit range.
    case overflow
    case divisionByZero
    /// ALLOCATE with a negative amount, a negative weight, or weights that sum to zero for an amount that is not.
    case notAllocatable
    /// `||` made a text longer than ``Expression/textBytesMax``.
    case textTooLong
    /// What follows from one command would hold the writer for too long.
    case tooManySteps
}
