package import WaybillCore

/// One page of a list of orders; the next one starts after `next`.
package struct OrderPage: Sendable {
    package var orders: [OrderRow]
    /// Nil: this was the last page.
    package var next: StreamNumber?

    package init(orders: [OrderRow], next: StreamNumber?) {
        self.orders = orders
        self.next = next
    }

    /// A page that is the last one when it has fewer orders than were asked for.
    init(_ orders: [OrderRow], limit: Int) {
        self.init(orders: orders, next: orders.count < limit ? nil : orders.last?.number)
    }
}

extension TableReader where Self: ~Copyable {
    /// All orders in the order in which they were placed.
    package func orders(after number: StreamNumber, limit: Int) throws(StoreFailure) -> OrderPage {
        let statement = try query(
            """
            SELECT number, id, workflow, version, status, placed_at, lane, parent, root, state
            FROM orders WHERE number > ?1 ORDER BY number LIMIT ?2
            """)
        statement.bind(1, number)
        statement.bind(2, Int64(limit))
        return OrderPage(try statement.all { columns in OrderRow(columns) }, limit: limit)
    }

    /// All orders in order of the bytes of their ids.
    package func orders(afterID id: OrderID, limit: Int) throws(StoreFailure) -> [OrderRow] {
        let statement = try query(
            """
            SELECT number, id, workflow, version, status, placed_at, lane, parent, root, state
            FROM orders WHERE id > ?1 ORDER BY id LIMIT ?2
            """)
        statement.bind(1, id)
        statement.bind(2, Int64(limit))
        return try statement.all { columns in OrderRow(columns) }
    }

    /// The orders with this status, in the order in which they were placed.
    package func orders(
        status: Text, after number: StreamNumber, limit: Int
    ) throws(StoreFailure) -> OrderPage {
        let statement = try query(
            """
            SELECT number, id, workflow, version, status, placed_at, lane, parent, root, state
            FROM orders WHERE status = ?1 AND number > ?2 ORDER BY number LIMIT ?3
            """)
        statement.bind(1, status)
        statement.bind(2, number)
        statement.bind(3, Int64(limit))
        return OrderPage(try statement.all { columns in OrderRow(columns) }, limit: limit)
    }

    /// The orders whose attribute has this value, in the order in which they were placed. A page looks at some shelves
    /// at most, and may be empty while `next` says that there is more to look at.
    package func orders(
        attribute: OrderAttribute, after number: StreamNumber, limit: Int
    ) throws(StoreFailure) -> OrderPage {
        let newest = try query("SELECT max(number) FROM orders").first { columns in columns.optionalStream(0) } ?? nil
        guard let newest, number < newest else { return OrderPage(orders: [], next: nil) }
        let last = AttributeShelf.of(newest)
        var shelf = AttributeShelf.of(StreamNumber(number.number + 1))
        let end = min(last, shelf + Self.shelvesMax - 1)
        var found: [OrderRow] = []
        while shelf <= end, found.count < limit {
            found += try orders(attribute, on: shelf, after: number, limit: limit - found.count)
            shelf += 1
        }
        if found.count >= limit { return OrderPage(orders: found, next: found.last?.number) }
        // Shelves without rows are passed at once: a damaged number must not make an endless way of them.
        let next = try attributeShelf(from: shelf).map { StreamNumber(AttributeShelf.first($0).number &- 1) }
        return OrderPage(orders: found, next: next)
    }

    private func attributeShelf(from shelf: Int64) throws(StoreFailure) -> Int64? {
        let statement = try query("SELECT min(shelf) FROM order_attribute WHERE shelf >= ?1")
        statement.bind(1, shelf)
        return try statement.first { columns in columns.optionalInteger(0) } ?? nil
    }

    /// Shelves that one read looks at: a millisecond.
    static var shelvesMax: Int64 { 256 }

    private func orders(
        _ attribute: OrderAttribute, on shelf: Int64, after number: StreamNumber, limit: Int
    ) throws(StoreFailure) -> [OrderRow] {
        let statement = try query(
            """
            SELECT o.number, id, workflow, version, status, placed_at, lane, parent, root, state
            FROM order_attribute AS a CROSS JOIN orders AS o ON o.number = a.number
            WHERE a.shelf = ?1 AND a.name = ?2 AND a.value = ?3 AND a.number > ?4 ORDER BY a.number LIMIT ?5
            """)
        statement.bind(1, shelf)
        statement.bind(2, attribute.name)
        statement.bind(3, attribute.value)
        statement.bind(4, number)
        statement.bind(5, Int64(limit))
        return try statement.all { columns in OrderRow(columns) }
    }

    /// The orders under one text of a workflow. There is no index: a page looks at `limit` orders, keeps those that
    /// fit, and may be empty while `next` says that there is more to look at.
    package func orders(
        workflow: WorkflowNumber, after number: StreamNumber, limit: Int
    ) throws(StoreFailure) -> OrderPage {
        var seen = try orders(after: number, limit: limit)
        seen.orders.removeAll { $0.workflow != workflow }
        return seen
    }

    /// The child orders of an order.
    package func orders(
        parent: StreamNumber, after number: StreamNumber, limit: Int
    ) throws(StoreFailure) -> OrderPage {
        let statement = try query(
            """
            SELECT number, id, workflow, version, status, placed_at, lane, parent, root, state
            FROM orders WHERE parent = ?1 AND number > ?2 ORDER BY number LIMIT ?3
            """)
        statement.bind(1, parent)
        statement.bind(2, number)
        statement.bind(3, Int64(limit))
        return OrderPage(try statement.all { columns in OrderRow(columns) }, limit: limit)
    }
}
