package import WaybillCore

/// Which orders are counted together.
package struct OrderCountKey: Hashable, Comparable, Sendable {
    /// The text under which they were placed.
    package var workflow: WorkflowNumber
    package var status: Text

    package init(workflow: WorkflowNumber, status: Text) {
        self.workflow = workflow
        self.status = status
    }

    package static func < (left: OrderCountKey, right: OrderCountKey) -> Bool {
        (left.workflow, left.status) < (right.workflow, right.status)
    }
}

extension Text {
    /// The setting that says up to which number orders are in the counts; it is not there when all are.
    package static let ordersCountedTo: Text = "orders counted to"
}

extension Transaction {
    /// Counts more orders, or fewer. What has no orders any more has no row: words made of data would pile up.
    ///
    /// A count that is lower than what is taken from it is damage, which `verify` tells: no order is refused for it.
    package func count(_ change: Int64, as key: OrderCountKey) throws(StoreFailure) {
        if change > 0 { return try add(change, to: key) }
        if change < 0, try !take(-change, from: key) { try forget(key) }
    }

    private func add(_ orders: Int64, to key: OrderCountKey) throws(StoreFailure) {
        let statement = try statement(
            """
            INSERT INTO waybill_order_count (workflow, status, orders) VALUES (?1, ?2, ?3)
            ON CONFLICT (workflow, status) DO UPDATE SET orders = min(orders, ?4) + excluded.orders
            """)
        statement.bind(key)
        statement.bind(3, orders)
        // Beyond it there is damage, to which one can still be added.
        statement.bind(4, Int64(1) << 60)
        try statement.run()
    }

    /// False: there would be none left.
    private func take(_ orders: Int64, from key: OrderCountKey) throws(StoreFailure) -> Bool {
        let statement = try statement(
            """
            UPDATE waybill_order_count SET orders = orders - ?3 WHERE workflow = ?1 AND status = ?2 AND orders > ?3
            """)
        statement.bind(key)
        statement.bind(3, orders)
        return try statement.run() == 1
    }

    private func forget(_ key: OrderCountKey) throws(StoreFailure) {
        let statement = try statement("DELETE FROM waybill_order_count WHERE workflow = ?1 AND status = ?2")
        statement.bind(key)
        try statement.run()
    }
}

extension TableReader where Self: ~Copyable {
    /// The counts after one, by workflow and status; nil: from the first.
    package func orderCounts(
        after last: OrderCountKey?, limit: Int
    ) throws(StoreFailure) -> [(key: OrderCountKey, orders: Int64)] {
        let statement = try query(
            """
            SELECT workflow, status, orders FROM waybill_order_count WHERE (workflow, status) > (?1, ?2)
            ORDER BY workflow, status LIMIT ?3
            """)
        statement.bind(last ?? OrderCountKey(workflow: WorkflowNumber(.min), status: ""))
        statement.bind(3, Int64(limit))
        return try statement.all { columns in
            (
                OrderCountKey(workflow: WorkflowNumber(columns.integer(0)), status: columns.text(1)),
                columns.integer(2)
            )
        }
    }

    /// The next orders after a number, by number, with what they are counted as.
    package func ordersToCount(
        after number: StreamNumber, limit: Int
    ) throws(StoreFailure) -> [(number: StreamNumber, key: OrderCountKey)] {
        let statement = try query(
            "SELECT number, workflow, status FROM orders WHERE number > ?1 ORDER BY number LIMIT ?2")
        statement.bind(1, number)
        statement.bind(2, Int64(limit))
        return try statement.all { columns in
            (
                columns.stream(0),
                OrderCountKey(workflow: WorkflowNumber(columns.integer(1)), status: columns.text(2))
            )
        }
    }
}

extension Statement {
    /// Binds workflow and status as parameters 1 and 2.
    fileprivate func bind(_ key: OrderCountKey) {
        bind(1, key.workflow.number)
        bind(2, key.status)
    }
}
