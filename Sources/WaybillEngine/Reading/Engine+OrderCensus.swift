package import WaybillCore
import WaybillStore

/// How many orders there are of each workflow in each status, as of one position.
package struct OrderCensus: Sendable {
    /// By name and status; texts of one name count together.
    package var counts: [(workflow: WorkflowName, status: Text, orders: Int64)]
    /// The last event that all of them hold.
    package var position: Position
    /// Orders that an earlier release has placed are counted gradually: how many positions of the journal are still to
    /// be looked at. 0: the counts are exact.
    package var behind: Int64
    /// Whether there are more rows than were read.
    package var hasMore = false
}

extension Engine {
    /// Words of statuses that a census tells apart: a workflow may make them of data.
    package static let censusRowsMax = 10_000
    /// Rows of one read: a longer one would hold up the checkpoint.
    private static let censusPageMax = 1_000
    /// No count comes near: a row beyond it is damaged, and as many of them can be added up as may be read.
    private static let ordersMax = Int64(1) << 48

    /// How many orders there are of each workflow in each status. Reads a row for each, and counts nothing.
    ///
    /// A few hundred rows are read at one moment. Of more than 1,000 the later pages may hold events that the first
    /// does not.
    package func orderCensus() throws -> OrderCensus {
        let (first, position, countedTo) = try store.read { rows in
            (
                try rows.orderCounts(after: nil, limit: Self.censusPageMax), try rows.journalEnd().position,
                try rows.numberSetting(.ordersCountedTo)
            )
        }
        var (rows, page) = (first, first)
        while page.count == Self.censusPageMax, rows.count < Self.censusRowsMax, let last = rows.last?.key {
            page = try store.read { rows in try rows.orderCounts(after: last, limit: Self.censusPageMax) }
            rows += page
        }
        var hasMore = false
        if page.count == Self.censusPageMax, let last = rows.last?.key {
            hasMore = try !store.read { rows in try rows.orderCounts(after: last, limit: 1) }.isEmpty
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
            behind: countedTo.map { max(0, position.number - max(0, $0)) } ?? 0, hasMore: hasMore)
    }
}
