/// When the producer of an undecided half message is asked, and for the last time.
///
///     prepared ──first──► 1st ──interval──► 2nd ──2 x interval──► 3rd ── ... ──► last ──► parked and shown
public struct CheckBackSchedule: Hashable, Sendable {
    /// From the preparation to the first question, unless the message says otherwise.
    public var first = Interval.seconds(6)
    /// From the first question that was sent to the second; doubles from one to the next.
    public var interval = Interval.seconds(30)
    public var intervalMax = Interval.minutes(10)
    /// Questions that were sent, after which the message is parked.
    public var checksMax: Int64 = 15
    /// How long a message waits that nobody could be asked about, at least; such a wait does not count.
    public var absence = Interval.seconds(10)

    public init() {}

    /// What is wrong with the settings; nil: nothing.
    package var problem: String? {
        if first.milliseconds < 0 { return "the first check-back cannot come before its message" }
        if interval.milliseconds < 1 || absence.milliseconds < 1 {
            return "check-backs need an interval of 1 ms or more"
        }
        if intervalMax < interval { return "the longest interval of check-backs is shorter than the first" }
        return checksMax < 1 ? "a half message needs 1 check-back or more" : nil
    }

    /// The wait after a question was sent, the `count`th; up to a quarter longer by `random`, so that messages which
    /// were prepared together are not asked about together for ever.
    package func wait(afterCheck count: Int64, random: UInt64) -> Interval {
        let doublings = min(max(1, count) - 1, 40)
        let (product, overflow) = interval.milliseconds.multipliedReportingOverflow(by: 1 << doublings)
        return jittered(overflow ? intervalMax : min(Interval(milliseconds: product), intervalMax), random)
    }

    /// The wait of a message whose producer is away: half as long as it has waited already.
    package func absenceWait(age: Interval, random: UInt64) -> Interval {
        jittered(min(max(absence, Interval(milliseconds: age.milliseconds / 2)), max(absence, intervalMax)), random)
    }

    private func jittered(_ wait: Interval, _ random: UInt64) -> Interval {
        let quarter = UInt64(max(0, wait.milliseconds / 4))
        let (sum, overflow) = wait.milliseconds.addingReportingOverflow(Int64(random % (quarter + 1)))
        return overflow ? wait : Interval(milliseconds: sum)
    }
}
