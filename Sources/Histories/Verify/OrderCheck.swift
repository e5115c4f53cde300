import WaybillCore
import WaybillEngine
import WaybillStore

/// Compares each folded order with all that the file keeps of it: its row, its attributes, its pending timeouts, its
/// relatives, its calls.
struct OrderCheck: FoldVisitor {
    /// For what they say of calls; and what cannot be read is found.
    static var looksAtEvents: Bool { true }

    private(set) var findings: FileFindings
    /// How many rows there must be: what the orders imply, and no more.
    private(set) var attributeCount = 0
    private(set) var timeoutCount = 0
    /// Orders that have not ended and whose text counts an unanswered call as failed.
    private(set) var takingSilenceForFailed = 0
    /// How many orders there are of each workflow and status, of those that the file has counted.
    private(set) var counts: [OrderCountKey: Int64] = [:]
    private let countedTo: StreamNumber?
    private var state = StoredState()

    /// - Parameter countedTo: the last order that the file has counted; nil: all of them.
    init(findingsMax: Int, countedTo: StreamNumber? = nil) {
        findings = FileFindings(keptMax: findingsMax)
        self.countedTo = countedTo
    }

    mutating func visit(_ event: borrowing StoredEvent, _ body: borrowing EventBody, of open: OpenOrder) {
        guard !body.outcome.called.isEmpty || !body.outcome.settled.isEmpty else { return }
        open.calls.add(body, at: event.position, of: open.row.id, under: open.chart.workflow)
    }

    mutating func finish(_ open: OpenOrder, _ rows: borrowing Snapshot) throws {
        let row = open.row
        if let what = state.difference(open) { note(FileFinding(what).of(row.id).version(row.version)) }
        if countedTo.map({ row.number <= $0 }) ?? true {
            counts[OrderCountKey(workflow: row.workflow, status: row.status), default: 0] += 1
        }
        for attribute in open.order.attributes(under: open.chart.workflow) {
            attributeCount += 1
            guard try !rows.hasAttribute(attribute, of: row.number) else { continue }
            note(FileFinding("it is not listed under \(attribute.name) = '\(attribute.value)'").of(row.id))
        }
        for timeout in open.order.timeouts {
            timeoutCount += 1
            guard try !rows.isPending(open.order.key(of: timeout)) else { continue }
            note(
                FileFinding("it waits for \(timeout.due.iso8601), and no row will wake it")
                    .of(row.id).timeout(timeout.name.text))
        }
        let workflow = open.chart.workflow
        if workflow.takesSilenceForFailed, !workflow.isFinished(open.order.configuration) {
            takingSilenceForFailed += 1
        }
        if row.parent != nil || open.order.parent != nil || !open.order.children.isEmpty {
            for what in try FamilyCheck.findings(of: open.order, row, rows) { note(what) }
        }
        if open.order.callCount > 0 {
            for what in try CallCheck.findings(of: open, rows) { note(what) }
        }
    }

    mutating func finish(_ row: StockRow, eventCount: Int64) {
        guard row.version != eventCount else { return }
        note(
            FileFinding("its row is at version \(row.version), and it has \(eventCount) events of its own").of(row.key))
    }

    mutating func note(_ finding: FileFinding) { findings.add(finding) }
}
