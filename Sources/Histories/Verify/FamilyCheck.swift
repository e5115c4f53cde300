import WaybillCore
import WaybillStore

/// Compares what an order knows of its parent and children with their rows.
enum FamilyCheck {
    static func findings(
        of order: borrowing Order, _ row: OrderRow, _ rows: borrowing Snapshot
    ) throws -> [FileFinding] {
        var findings: [FileFinding] = []
        let parent = try row.parent.flatMap { number in try rows.order(number: number) }
        if parent?.id != order.parent || (row.parent == nil) != (order.parent == nil) {
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
