import WaybillCore
import WaybillStore

/// What the events of an order say of its calls: where each is announced, and how it ended.
struct CallJournal {
    /// A message's event, and its place among that event's messages.
    struct Place {
        var event: Position
        var ordinal: Int64
    }

    /// By the number of a call.
    private(set) var announcements: [Int64: Place] = [:]
    private(set) var ends: [Int64: OpenCall.Result] = [:]
    private(set) var deadlines: [Int64: Moment] = [:]

    mutating func add(
        _ body: borrowing EventBody, at event: Position, of order: OrderID, under workflow: Workflow
    ) {
        for settled in body.outcome.settled where settled.result != .late { ends[settled.number] = settled.result }
        for call in body.outcome.called {
            deadlines[call.number] = call.deadline
            let digest = workflow.announcement(of: call, by: order).digest
            guard let ordinal = body.messages.firstIndex(where: { $0.digest == digest }) else { continue }
            announcements[call.number] = Place(event: event, ordinal: Int64(ordinal))
        }
    }
}

/// Compares the calls that an order has made with their rows, deadlines and half messages.
struct CallCheck {
    private let row: OrderRow
    private let journal: CallJournal
    private var findings: [FileFinding] = []
    /// By effect key: those that the order's row of a call says are open.
    private var open: [Text: CallRow] = [:]

    static func findings(of open: OpenOrder, _ rows: borrowing Snapshot) throws -> [FileFinding] {
        var check = CallCheck(row: open.row, journal: open.calls)
        try check.run(open.order, rows)
        return check.findings
    }

    private init(row: OrderRow, journal: CallJournal) {
        self.row = row
        self.journal = journal
    }

    private mutating func note(_ what: String) { findings.append(FileFinding(what).of(row.id)) }

    private mutating func run(_ order: borrowing Order, _ rows: borrowing Snapshot) throws {
        var numbers: [Text: Int64] = [:]
        for number in journal.deadlines.keys { numbers[order.effectKey(of: number)] = number }
        var count: Int64 = 0
        var walk = PageWalk(after: 0, by: \CallRow.number)
        while let page = try walk.next({ try rows.calls(of: row.number, after: $0, limit: $1) }) {
            count += Int64(page.count)
            for call in page {
                if call.state == .open { open[call.effectKey] = call }
                guard let number = numbers[call.effectKey] else {
                    note("the call \(call.effectKey) is listed, and it has made none of that key")
                    continue
                }
                if let deadline = journal.deadlines[number], call.deadline != deadline {
                    note("its call \(call.effectKey) is listed until \(call.deadline.iso8601), not \(deadline.iso8601)")
                }
                try checkEnd(of: call, number, rows)
            }
        }
        if count != order.callCount { note("it has made \(order.callCount) calls, and \(count) are listed") }
        for call in order.calls { try check(call, key: order.effectKey(of: call.number), rows) }
        for key in open.keys.sorted() { note("the call \(key) is listed as open, and it does not wait for it") }
    }

    /// A call that the order waits for.
    private mutating func check(_ call: OpenCall, key: Text, _ rows: borrowing Snapshot) throws {
        guard let stored = open.removeValue(forKey: key), stored.deadline == call.deadline else {
            return note("it waits for the call \(key), which is not listed as open")
        }
        if stored.isUnanswered != call.isUnanswered {
            let (listed, right) = call.isUnanswered ? ("open", "unanswered") : ("unanswered", "open")
            note("its call \(key) is listed as \(listed), and it is \(right)")
        }
        // The deadline of an unanswered call has passed, and only an answer ends it.
        if try !call.isUnanswered && !rows.isPending(stored.timeoutKey) {
            note("no row will wake it when the call \(key) expires")
        }
        guard let half = try half(of: stored, call.number, rows), half.state == .half else {
            return note("the half message of its call \(key) is not there")
        }
    }

    /// A call that has ended: its row says how, and its announcement is visible after `ok` and never else.
    private mutating func checkEnd(of call: CallRow, _ number: Int64, _ rows: borrowing Snapshot) throws {
        guard let end = journal.ends[number] else { return }
        if call.state != .open, call.state.rawValue != end.rawValue {
            note("its call \(call.effectKey) is listed as \(call.state.rawValue), and it is \(end.rawValue)")
        }
        guard let place = journal.announcements[number] else { return }
        let half = try half(of: call, number, rows)
        let isVisible = try rows.messages(ofEventsFrom: place.event, upTo: place.event, limit: 1_000).contains {
            $0.message.ordinal == place.ordinal
        }
        let wanted: PendingMessageRow.State = end == .ok ? .committed : .rolledBack
        if let half, half.state != wanted {
            // With its topic deleted there was nothing to commit it to.
            if try end == .ok && half.state == .rolledBack && rows.topic(half.topic)?.deletedAt != nil { return }
            note("its call \(call.effectKey) is \(end.rawValue), and the half message of it \(half.state.rawValue)")
        } else if isVisible, end != .ok {
            note("its call \(call.effectKey) is \(end.rawValue), and a message says that it was done")
        }
    }

    /// The half message of a call. Its number may belong to another message when it was decided long ago.
    private func half(
        of call: CallRow, _ number: Int64, _ rows: borrowing Snapshot
    ) throws -> PendingMessageRow? {
        guard let place = journal.announcements[number], let pending = call.pendingMessage,
            let half = try rows.pendingMessage(pending), half.message.event == place.event,
            half.message.ordinal == place.ordinal
        else { return nil }
        return half
    }
}
