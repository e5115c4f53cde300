import WaybillCore
import WaybillEngine
import WaybillStore

/// Compares the counts of orders that the file keeps with its orders.
enum OrderCountCheck {
    private static let pageMax = 1_000

    /// - Parameter counted: the orders that there are, by workflow and status.
    static func findings(_ engine: Engine, counted: [OrderCountKey: Int64], max: Int) throws -> FileFindings {
        var findings = FileFindings(keptMax: max)
        var missing = counted
        typealias Row = (key: OrderCountKey, orders: Int64)
        var walk = PageWalk<Row, OrderCountKey?>(after: nil, by: \.key, limit: pageMax)
        while let page = try walk.next({ last, limit in
            try engine.store.read { rows in try rows.orderCounts(after: last, limit: limit) }
        }) {
            for row in page {
                let orders = missing.removeValue(forKey: row.key) ?? 0
                if orders != row.orders { findings.add(finding(row.key, said: row.orders, orders)) }
            }
        }
        for (key, orders) in missing.sorted(by: { $0.key < $1.key }) {
            findings.add(finding(key, said: 0, orders))
        }
        return findings
    }

    private static func finding(_ key: OrderCountKey, said: Int64, _ orders: Int64) -> FileFinding {
        FileFinding(
            "the count of orders of workflow number \(key.workflow.number) in status '\(key.status)' is \(said), and "
                + "there are \(orders)")
    }
}
