package import WaybillCore

/// Pages of orders that begin with the newest; `next` of a page says before which number the next one ends.
extension TableReader where Self: ~Copyable {
    /// All orders before a number, the last placed first.
    package func orders(before number: StreamNumber, limit: Int) throws(StoreFailure) -> OrderPage {
        let statement = try query(
            """
            SELECT number, id, workflow, version, status, placed_at, lane, parent, root, state
            FROM orders WHERE number < ?1 ORDER BY number DESC LIMIT ?2
            """)
        statement.bind(1, number)
        statement.bind(2, Int64(limit))
        return OrderPage(try statement.all { columns in OrderRow(columns) }, limit: limit)
    }

    /// The orders with this status before a number, the last placed first.
    package func orders(
        status: Text, before number: StreamNumber, limit: Int
    ) throws(StoreFailure) -> OrderPage {
        let statement = try query(
            """
            SELECT number, id, workflow, version, status, placed_at, lane, parent, root, state
            FROM orders WHERE status = ?1 AND number < ?2 ORDER BY number DESC LIMIT ?3
            """)
        statement.bind(1, status)
        statement.bind(2, number)
        statement.bind(3, Int64(limit))
        return OrderPage(try statement.all { columns in OrderRow(columns) }, limit: limit)
    }

    /// The orders before a number whose attribute has this value, the last placed first. A page looks at some shelves
    /// at most, and may be empty while `next` says that there is more to look at.
    package func orders(
        attribute: OrderAttribute, before number: StreamNumber, limit: Int
    ) throws(StoreFailure) -> OrderPage {
        let newest = try query("SELECT max(number) FROM orders").first { columns in columns.optionalStream(0) } ?? nil
        guard let newest, number.number > 1 else { return OrderPage(orders: [], next: nil) }
        let last = StreamNumber(min(number.number - 1, newest.number))
        // Shelves without rows are passed at once: a damaged number must not make an endless way of them.
        guard let first = try attributeShelf(upTo: AttributeShelf.of(last)) else {
            return OrderPage(orders: [], next: nil)
        }
        var shelf = first
        let end = max(0, shelf - Self.shelvesMax + 1)
        var found: [OrderRow] = []
        while shelf >= end, found.count < limit {
            found += try orders(attribute, on: shelf, before: number, limit: limit - found.count)
            shelf -= 1
        }
        if found.count >= limit { return OrderPage(orders: found, next: found.last?.number) }
        let next = try attributeShelf(upTo: shelf).map { AttributeShelf.first($0 &+ 1) }
        return OrderPage(orders: found, next: next)
    }

    private func attributeShelf(upTo shelf: Int64) throws(StoreFailure) -> Int64? {
        guard shelf >= 0 else { return nil }
        let statement = try query("SELECT max(shelf) FROM order_attribute WHERE shelf <= ?1")
        statement.bind(1, shelf)
        return try statement.first { columns in columns.optionalInteger(0) } ?? nil
    }

    private func orders(
        _ attribute: OrderAttribute, on shelf: Int64, before number: StreamNumber, limit: Int
    ) throws(StoreFailure) -> [OrderRow] {
        let statement = try query(
            """
            SELECT o.number, id, workflow, version, status, placed_at, lane, parent, root, state
            FROM order_attribute AS a CROSS JOIN orders AS o ON o.number = a.number
            WHERE a.shelf = ?1 AND a.name = ?2 AND a.value = ?3 AND a.number < ?4 ORDER BY a.number DESC LIMIT ?5
            """)
        statement.bind(1, shelf)
        statement.bind(2, attribute.name)
        statement.bind(3, attribute.value)
        statement.bind(4, number)
        statement.bind(5, Int64(limit))
        return try statement.all { columns in OrderRow(columns) }
    }
}
