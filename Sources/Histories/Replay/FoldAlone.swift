import WaybillCore
import WaybillStore

/// Only folds, and compares what comes out with the stored rows.
struct FoldAlone: FoldVisitor {
    static var looksAtEvents: Bool { false }

    private(set) var findings: FileFindings
    private var state = StoredState()

    init(findingsMax: Int) { findings = FileFindings(keptMax: findingsMax) }

    mutating func visit(_ event: borrowing StoredEvent, _ body: borrowing EventBody, of open: OpenOrder) {}

    mutating func finish(_ open: OpenOrder, _ rows: borrowing Snapshot) {
        if let what = state.difference(open) {
            note(FileFinding(what).of(open.row.id).version(open.row.version))
        }
    }

    mutating func finish(_ row: StockRow, eventCount: Int64) {
        guard row.version != eventCount else { return }
        note(
            FileFinding("its row is at version \(row.version), and it has \(eventCount) events of its own").of(row.key))
    }

    mutating func note(_ finding: FileFinding) { findings.add(finding) }
}
