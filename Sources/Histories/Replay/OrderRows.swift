import WaybillCore
import WaybillStore

/// The rows of orders as the journal needs them, read ahead in pages: both lie in the order of placing, and a page
/// costs much less than as many look-ups.
struct OrderRows {
    private static let pageMax = 100

    /// What was read ahead; the next one last.
    private var ahead: [OrderRow] = []
    /// Up to here, nothing is missing from what was read.
    private var through = StreamNumber(0)
    private var asked = StreamNumber(0)

    /// The order of a stream, or nil when the stream is no order's. Cheap when each call asks for a later one.
    mutating func row(_ number: StreamNumber, in rows: borrowing Snapshot) throws -> OrderRow? {
        guard number > asked else { return try rows.order(number: number) }
        asked = number
        if number > through {
            let page = try rows.orders(after: StreamNumber(number.number &- 1), limit: Self.pageMax)
            ahead = page.orders.reversed()
            through = page.next ?? StreamNumber(.max)
        }
        while let next = ahead.last, next.number < number { ahead.removeLast() }
        guard ahead.last?.number == number else { return nil }
        return ahead.popLast()
    }
}
