package import Waybill
import WaybillCore
import WaybillEngine
import WaybillStore

/// Orders by the month of their purchase: where they ended, what they were worth, how late they were paid, handed over
/// and delivered. Read from the journal and the refusals alone, whatever the orders were imported from.
package struct MonthlyReport {
    package struct Settings: Sendable {
        /// Orders read at a time.
        package var pageMax = 100

        package init() {}
    }

    /// The rows, by month.
    package private(set) var months: [OlistMonth] = []

    /// Reads every order of the workflow olist-order.
    ///
    /// - Parameter progress: orders read.
    package init(_ book: OrderBook, settings: Settings = Settings(), progress: (Int) -> Void = { _ in }) throws {
        let engine = book.engine
        let workflows = try engine.store.read { snapshot in try snapshot.workflows() }
            .filter { $0.name == OlistReader.workflow }
        let refusals = RefusedSteps(
            try engine.store.read { snapshot in
                try snapshot.refusals(of: nil, limit: Int(RefusalRow.withoutOrderMax))
            })
        var byMonth: [String: OlistMonth] = [:]
        var after = StreamNumber(0)
        var done = 0
        while true {
            let page = try engine.store.read { snapshot in
                try OlistPage(of: snapshot, after: after, limit: settings.pageMax, withoutOrder: refusals)
            }
            for order in page.orders where workflows.contains(where: { $0.number == order.row.workflow }) {
                let workflow = try engine.workflow(order.row.workflow)
                let record = try OlistRecord(order, under: workflow)
                byMonth[record.month, default: OlistMonth(month: record.month)].add(record)
            }
            done += page.orders.count
            progress(done)
            guard let next = page.next else { break }
            after = next
        }
        months = byMonth.values.sorted { $0.month < $1.month }
    }

    /// The report as CSV, with a header line.
    package var csv: [UInt8] {
        var bytes = CSVLine.bytes(OlistMonth.columns.map { Text($0) })
        for month in months { bytes += CSVLine.bytes(month.cells.map { Text($0) }) }
        return bytes
    }
}

/// Refused steps of orders that did not exist then, by order.
struct RefusedSteps {
    private let rows: [OrderID: [RefusalRow]]

    init(_ rows: [RefusalRow]) { self.rows = Dictionary(grouping: rows, by: \.order) }

    func of(_ order: OrderID) -> [RefusalRow] { rows[order] ?? [] }
}

/// Some orders with all that the file says of them.
struct OlistPage {
    struct Entry {
        var row: OrderRow
        var events: [EventRow]
        var refusals: [RefusalRow]
    }

    var orders: [Entry]
    var next: StreamNumber?

    init(
        of snapshot: borrowing Snapshot, after number: StreamNumber, limit: Int, withoutOrder: RefusedSteps
    ) throws {
        let page = try snapshot.orders(after: number, limit: limit)
        orders = []
        next = page.next
        for row in page.orders {
            orders.append(
                Entry(
                    row: row, events: try snapshot.events(of: row.number, fromVersion: 1, limit: Engine.pageMax),
                    refusals: try snapshot.refusals(of: row.number, limit: Int(RefusalRow.perOrderMax))
                        + withoutOrder.of(row.id)))
        }
    }
}
