import WaybillCore
import WaybillStore

/// Compares what an order knows of its parent and children with their rows.
enum FamilyCheck {
    static func findings(
        of order: borrowing Order, _ row: OrderRow, _ rows: borrowing Snapshot
    ) throws -> [FileFinding] {
        var findings: [FileFinding] = []
        let parent = try row.parent.flatMap { number in try rows.order(number: number) }
        if parent?.id != order.parent {
            findings.append(FileFinding("its row names another parent than its first event").of(row.id))
        } else if row.root != parent.map({ $0.root ?? $0.number }) {
            findings.append(FileFinding("its row names another order at the top of its family").of(row.id))
        }
        for child in order.children {
            let id = order.childID(child.id)
            guard try rows.order(id: id)?.parent != row.number else { continue }
            findings.append(FileFinding("it has spawned \(id), which is not there or has another parent").of(row.id))
        }
        return findings
    }
}

/// Compares the calls that an order has made with their rows, deadlines and half messages.
enum CallCheck {
    static func findings(
        of order: borrowing Order, _ row: OrderRow, _ rows: borrowing Snapshot
    ) throws -> [FileFinding] {
        var findings: [FileFinding] = []
        var count: Int64 = 0
        var open: [Text: CallRow] = [:]
        var last: Int64 = 0
        while true {
            let page = try rows.calls(of: row.number, after: last, limit: 1_000)
            count += Int64(page.count)
            for call in page where call.state == .open { open[call.effectKey] = call }
            guard page.count == 1_000, let end = page.last else { break }
            last = end.number
        }
        if count != order.callCount {
            findings.append(FileFinding("it has made \(order.callCount) calls, and \(count) are listed").of(row.id))
        }
        for call in order.calls {
            let key = order.effectKey(of: call.number)
            guard let stored = open.removeValue(forKey: key), stored.deadline == call.deadline else {
                findings.append(FileFinding("it waits for the call \(key), which is not listed as open").of(row.id))
                continue
            }
            if stored.isUnanswered != call.isUnanswered {
                let (listed, right) = call.isUnanswered ? ("open", "unanswered") : ("unanswered", "open")
                findings.append(FileFinding("its call \(key) is listed as \(listed), and it is \(right)").of(row.id))
            }
            // The deadline of an unanswered call has passed, and only an answer ends it.
            if try !call.isUnanswered && !rows.isPending(stored.timeoutKey) {
                findings.append(FileFinding("no row will wake it when the call \(key) expires").of(row.id))
            }
            guard let half = stored.pendingMessage, try rows.pendingMessage(half)?.state == .half else {
                findings.append(FileFinding("the half message of its call \(key) is not there").of(row.id))
                continue
            }
        }
        for key in open.keys.sorted() {
            findings.append(FileFinding("the call \(key) is listed as open, and it does not wait for it").of(row.id))
        }
        return findings
    }
}
