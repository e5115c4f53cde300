package import WaybillCore
import WaybillStore

/// Whether an opening holds timeouts by itself: much is overdue and nothing was written for long, so either the process
/// was down, and an operator may want to act first, or the clock is wrong.
package struct OpeningHold: Sendable {
    /// It holds with more overdue than this.
    package var overdueMax = 1_000
    /// Longer than that since the last write.
    package var gapMax = Interval.hours(1)
    /// How long it holds unless it is released.
    package var length = Interval.minutes(5)

    package init() {}

    /// The hold that an opening begins with; nil: none.
    func wanted<Rows: TableReader & ~Copyable>(at now: Moment, in rows: borrowing Rows) throws -> TimeoutHold? {
        guard let last = try lastWrite(in: rows) else { return nil }
        let gap = now.since(last)
        guard gap > gapMax else { return nil }
        var overdue = 0
        for kind in [TimeoutKind.order, .call] where overdue <= overdueMax {
            overdue += try rows.countTimeouts(kind, upTo: now, limit: overdueMax + 1)
        }
        guard overdue > overdueMax else { return nil }
        return TimeoutHold(
            heldBy: TimeoutHold.itself, since: now,
            why: Text("more than \(overdueMax) timeouts are overdue, and nothing was written for \(gap.text)"),
            until: now.advanced(by: length))
    }

    /// When the file was written last, as far as it knows: by its last event, or by a process that said that it lives.
    func lastWrite<Rows: TableReader & ~Copyable>(in rows: borrowing Rows) throws -> Moment? {
        let end = try rows.journalEnd().position
        let event = end.number > 0 ? try rows.event(at: end)?.at : nil
        let lived = try rows.numberSetting(.livedAt).map { Moment(milliseconds: $0) }
        guard let event, let lived else { return event ?? lived }
        return max(event, lived)
    }
}

extension Text {
    /// The name of the setting that says when a process last had the file open, give or take some minutes.
    static let livedAt: Text = "lived at"
}
