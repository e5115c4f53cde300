package import WaybillCore

/// One page of a list of orders; the next one starts after `next`.
package struct OrderPage: Sendable {
    package var orders: [OrderRow]
    /// Nil: this was the last page.
    package var next: StreamNumber?
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
        return page(try statement.all { columns in OrderRow(columns) }, limit: limit)
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
        return page(try statement.all { columns in OrderRow(columns) }, limit: limit)
    }

    /// The orders whose attribute has this value, in the order in which they were placed.
    package func orders(
        attribute: OrderAttribute, after number: StreamNumber, limit: Int
    ) throws(StoreFailure) -> OrderPage {
        let statement = try query(
            """
            SELECT o.number, id, workflow, version, status, placed_at, lane, parent, root, state
            FROM order_attribute AS a CROSS JOIN orders AS o ON o.number = a.number
            WHERE a.name = ?1 AND a.value = ?2 AND a.number > ?3 ORDER BY a.number LIMIT ?4
            """)
        statement.bind(1, attribute.name)
        statement.bind(2, attribute.value)
        statement.bind(3, number)
        statement.bind(4, Int64(limit))
        return page(try statement.all { columns in OrderRow(columns) }, limit: limit)
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
        return page(try statement.all { columns in OrderRow(columns) }, limit: limit)
    }

    private func page(_ orders: [OrderRow], limit: Int) -> OrderPage {
        OrderPage(orders: orders, next: orders.count < limit ? nil : orders.last?.number)
    }
}
