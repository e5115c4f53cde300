import WaybillCore
import WaybillEngine
import WaybillStore

/// The announcements of calls that ended without `ok`: rolled back, and a day later forgotten.
struct ForgottenAnnouncements {
    private var charts: Charts

    init(_ engine: Engine) { charts = Charts(engine) }

    /// Whether a message of an event announces the answer to one of its calls.
    mutating func announce(
        _ trace: EventBody.MessageTrace, of sender: MessageCheck.Sender, _ rows: borrowing Snapshot
    ) throws -> Bool {
        try call(announcedBy: trace, of: sender, rows) != nil
    }

    /// Whether a message that is not there announced the answer to a call that ended otherwise.
    mutating func contain(
        _ trace: EventBody.MessageTrace, of sender: MessageCheck.Sender, _ rows: borrowing Snapshot
    ) throws -> Bool {
        switch try call(announcedBy: trace, of: sender, rows)?.state {
        case .failed, .expired, .cancelled: true
        case .open, .ok, nil: false
        }
    }

    private mutating func call(
        announcedBy trace: EventBody.MessageTrace, of sender: MessageCheck.Sender, _ rows: borrowing Snapshot
    ) throws -> CallRow? {
        guard let row = try rows.order(number: sender.stream), let event = try rows.event(at: sender.position) else {
            return nil
        }
        let workflow = try charts.chart(row.workflow).workflow
        let body: EventBody
        do throws(JSONProblem) {
            body = try EventBody(event.body, under: workflow)
        } catch {
            return nil
        }
        for call in body.outcome.called {
            let announcement = workflow.announcement(of: call, by: row.id)
            guard announcement.digest == trace.digest, let key = announcement.key,
                let stored = try rows.call(effectKey: key)
            else { continue }
            return stored
        }
        return nil
    }
}
