import WaybillCore
import WaybillEngine
import WaybillStore

/// Compares each folded order with all that the file keeps of it: its row, its attributes, its pending timeouts, its
/// relatives, its calls.
struct OrderCheck: FoldVisitor {
    private(set) var findings: FileFindings
    /// How many rows there must be: what the orders imply, and no more.
    private(set) var attributeCount = 0
    private(set) var timeoutCount = 0
    private var state = StoredState()

    init(findingsMax: Int) { findings = FileFindings(keptMax: findingsMax) }

    mutating func visit(
        _ event: borrowing StoredEvent, _ body: borrowing EventBody, of order: borrowing Order, in chart: Chart
    ) {}

    mutating func finish(
        _ order: borrowing Order, row: OrderRow, in chart: Chart, _ rows: borrowing Snapshot
    ) throws {
        if let what = state.difference(order, row, under: chart.workflow) {
            note(FileFinding(what).of(row.id).version(row.version))
        }
        for attribute in order.attributes(under: chart.workflow) {
            attributeCount += 1
            guard try !rows.hasAttribute(attribute, of: row.number) else { continue }
            note(FileFinding("it is not listed under \(attribute.name) = '\(attribute.value)'").of(row.id))
        }
        for timeout in order.timeouts {
            timeoutCount += 1
            guard try !rows.isPending(order.key(of: timeout)) else { continue }
            note(
                FileFinding("it waits for \(timeout.due.iso8601), and no row will wake it")
                    .of(row.id).timeout(timeout.name.text))
        }
        if row.parent != nil || order.parent != nil || !order.children.isEmpty {
            for what in try FamilyCheck.findings(of: order, row, rows) { note(what) }
        }
        if order.callCount > 0 {
            for what in try CallCheck.findings(of: order, row, rows) { note(what) }
        }
    }

    mutating func finish(_ row: StockRow, eventCount: Int64) {
        guard row.version != eventCount else { return }
        note(
            FileFinding("its row is at version \(row.version), and it has \(eventCount) events of its own").of(row.key))
    }

    mutating func note(_ finding: FileFinding) { findings.add(finding) }
}
