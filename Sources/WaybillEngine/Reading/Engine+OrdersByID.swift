package import WaybillCore
import WaybillStore

/// Orders found by their ids, or by how their ids begin.
extension Engine {
    /// An order now, or as it was, if a filter finds it; nil: there is, or was, none, or it is another.
    package func order(_ id: OrderID, asOf moment: AsOf, foundBy filter: OrderFilter) throws -> OrderView? {
        guard let row = try store.read({ snapshot in try snapshot.order(id: id) }) else { return nil }
        return try view(of: row, asOf: moment, foundBy: filter)
    }

    /// One page of the orders whose ids begin with a text, in order of the bytes of their ids. A page may be short,
    /// even empty, while `next` says that there is more.
    ///
    /// - Parameter id: the last one of the page before; nil: from the first.
    package func orders(
        idBeginning prefix: Text, _ filter: OrderFilter, asOf moment: AsOf, after id: OrderID?, limit: Int
    ) throws -> (elements: [OrderView], next: OrderID?) {
        let limit = min(max(limit, 1), Self.pageMax)
        let rows = try store.read { snapshot in
            // The one of just this id comes first, and is not behind itself.
            let exact = id == nil ? try snapshot.order(id: OrderID(prefix)) : nil
            let found = try snapshot.orders(
                afterID: id ?? OrderID(prefix), limit: limit - (exact == nil ? 0 : 1))
            return (exact.map { [$0] } ?? []) + found
        }
        let bytes = Array(prefix.string.utf8)
        let page = rows.prefix { $0.id.text.string.utf8.starts(with: bytes) }
        let views = try page.compactMap { row in try view(of: row, asOf: moment, foundBy: filter) }
        return (views, page.count == limit ? page.last?.id : nil)
    }

    private func view(of row: OrderRow, asOf moment: AsOf, foundBy filter: OrderFilter) throws -> OrderView? {
        let workflow = try workflow(row.workflow)
        let order =
            moment == .now ? try Order(row, under: workflow) : try fold(row, under: workflow, upTo: moment)
        guard let order, filter.finds(order, under: workflow) else { return nil }
        return OrderView(order, under: workflow)
    }
}
