package import WaybillCore
import WaybillStore

/// How many orders there are of each workflow in each status, as of one position.
package struct OrderCensus: Sendable {
    /// By name and status; texts of one name count together.
    package var counts: [(workflow: WorkflowName, status: Text, orders: Int64)]
    /// The last event that they hold.
    package var position: Position
    /// Orders that an earlier release has placed are counted gradually: how many positions of the journal are still to
    /// be looked at. 0: the counts are exact.
    package var behind: Int64
}

extension Engine {
    /// Words of statuses that a census tells apart: a workflow may make them of data.
    package static let censusRowsMax = 10_000
    /// No count comes near: a row beyond it is damaged, and as many of them can be added up as may be read.
    private static let ordersMax = Int64(1) << 48

    /// How many orders there are of each workflow in each status. Reads a row for each, and counts nothing.
    package func orderCensus() throws -> OrderCensus {
        let (rows, position, countedTo) = try store.read { rows in
            (
                try rows.orderCounts(after: nil, limit: Self.censusRowsMax), try rows.journalEnd().position,
                try rows.numberSetting(.ordersCountedTo)
            )
        }
        var counts: [WorkflowName: [Text: Int64]] = [:]
        for row in rows {
            // A text that is not there is damage, which verify tells; the others are shown.
            guard let name = catalogue.name(of: row.key.workflow) else { continue }
            counts[name, default: [:]][row.key.status, default: 0] += min(max(0, row.orders), Self.ordersMax)
        }
        let sorted = counts.sorted { $0.key < $1.key }.flatMap { name, statuses in
            statuses.sorted { $0.key < $1.key }.map { (name, $0.key, $0.value) }
        }
        return OrderCensus(
            counts: sorted, position: position,
            behind: countedTo.map { max(0, position.number - max(0, $0)) } ?? 0)
    }
}
