import WaybillCore
import WaybillStore

/// Only folds, and compares what comes out with the stored rows.
struct FoldAlone: FoldVisitor {
    private(set) var findings: FileFindings
    private var state = StoredState()

    init(findingsMax: Int) { findings = FileFindings(keptMax: findingsMax) }

    mutating func visit(
        _ event: borrowing StoredEvent, _ body: borrowing EventBody, of order: borrowing Order, in chart: Chart
    ) {}

    mutating func finish(_ order: borrowing Order, row: OrderRow, in chart: Chart, _ rows: borrowing Snapshot) {
        if let what = state.difference(order, row, under: chart.workflow) {
            note(FileFinding(what).of(row.id).version(row.version))
        }
    }

    mutating func finish(_ row: StockRow, eventCount: Int64) {
        guard row.version != eventCount else { return }
        note(
            FileFinding("its row is at version \(row.version), and it has \(eventCount) events of its own").of(row.key))
    }

    mutating func note(_ finding: FileFinding) { findings.add(finding) }
}
