/// The number of the interpreter's rules: by which ones an event was decided, or is.
///
/// Each event stores its number, and is decided again by it for ever. A change by which the same order, command, text,
/// moment and facts lead to another decision raises the number for a release, and keeps the rule of before behind it:
/// the rule gets a property here, and the code that decides asks that property. What each number means stands in a
/// table beside `Journal.semantics`.
package struct Semantics: Hashable, Sendable {
    package let number: Int64

    private init(_ number: Int64) { self.number = number }

    /// The rules of the first releases.
    package static let first = Semantics(1)
    /// The rules by which this release decides.
    package static let current = Semantics(3)

    /// The rules of a number that a file holds; nil: this release cannot decide by them.
    package init?(stored number: Int64) {
        guard (Self.first.number...Self.current.number).contains(number) else { return nil }
        self.number = number
    }

    /// Whether an ended call of which a late answer is heard is kept until that comes, and a further call refused when
    /// there are too many; else the oldest of them is dropped.
    package var keepsLapsedCalls: Bool { number >= 2 }

    /// Under a parallel root, whether the order ends only when all that was raised has been heard, the `onDone:` of the
    /// region that ends last too; else it ends, and what waits is lost, as soon as its last region is final.
    var regionsAreHeardToTheEnd: Bool { number >= 2 }

    /// Whether a command that takes more than ``InterpreterLimits/stepsMax`` steps is refused.
    var stepsAreCounted: Bool { number >= 2 }

    /// Whether a time in data must have one of the forms of `Moment(read:)`; else any number of milliseconds is one.
    var judgesTimesInData: Bool { number >= 2 }

    /// Whether a fixed time that lies in the past is the due time as it is; before, it was due now, or a millisecond
    /// later.
    package var dueTimesStand: Bool { number >= 3 }

    /// Whether a step that sets a time outside of the years 1 to 9999 is refused.
    var keepsToTheCalendar: Bool { number >= 3 }
}
