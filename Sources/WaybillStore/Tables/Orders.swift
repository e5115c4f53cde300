package import WaybillCore

/// The small number by which orders name their workflow's text.
package struct WorkflowNumber: Hashable, Comparable, Sendable {
    package let number: Int64
    package init(_ number: Int64) { self.number = number }
    package static func < (left: WorkflowNumber, right: WorkflowNumber) -> Bool { left.number < right.number }
}

/// The stored state of one order.
package struct OrderRow: Hashable, Sendable {
    /// No version comes near: a row beyond it is damaged, and one above it can still be counted.
    package static let versionMax: Int64 = 1 << 62

    package var number: StreamNumber
    package var id: OrderID
    package var workflow: WorkflowNumber
    package var version: Int64
    package var status: Text
    package var placedAt: Moment
    package var lane: Text
    /// The order that spawned it.
    package var parent: StreamNumber?
    /// The order at the top; set when `parent` is.
    package var root: StreamNumber?
    /// JSON: configuration, context, natural keys, holdings, pending timeouts.
    package var state: [UInt8]

    package init(
        number: StreamNumber, id: OrderID, workflow: WorkflowNumber, version: Int64, status: Text, placedAt: Moment,
        lane: Text = "", parent: StreamNumber? = nil, root: StreamNumber? = nil, state: [UInt8]
    ) {
        self.number = number
        self.id = id
        self.workflow = workflow
        self.version = version
        self.status = status
        self.placedAt = placedAt
        self.lane = lane
        self.parent = parent
        self.root = root
        self.state = state
    }

    init(_ columns: Columns) {
        number = columns.stream(0)
        id = OrderID(columns.text(1))
        workflow = WorkflowNumber(columns.integer(2))
        version = columns.integer(3)
        status = columns.text(4)
        placedAt = columns.moment(5)
        lane = columns.text(6)
        parent = columns.optionalStream(7)
        root = columns.optionalStream(8)
        state = columns.bytes(9)
    }
}

extension Transaction {
    package func insert(_ order: OrderRow) throws(StoreFailure) {
        let statement = try statement(
            """
            INSERT INTO orders (number, id, workflow, version, status, placed_at, lane, parent, root, state)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
            """)
        statement.bind(1, order.number)
        statement.bind(2, order.id)
        statement.bind(3, order.workflow.number)
        statement.bind(4, order.version)
        statement.bind(5, order.status)
        statement.bind(6, order.placedAt)
        statement.bind(7, order.lane)
        statement.bind(8, order.parent)
        statement.bind(9, order.root)
        try statement.run(binding: 10, text: order.state)
    }

    /// Stores what a command changes: workflow, version, status and state. SQLite leaves the status index alone when
    /// the status stays the same.
    package func update(_ order: OrderRow) throws(StoreFailure) {
        let statement = try statement(
            "UPDATE orders SET workflow = ?2, version = ?3, status = ?4, state = ?5 WHERE number = ?1")
        statement.bind(1, order.number)
        statement.bind(2, order.workflow.number)
        statement.bind(3, order.version)
        statement.bind(4, order.status)
        try statement.run(binding: 5, text: order.state)
    }
}

extension TableReader where Self: ~Copyable {
    package func order(id: OrderID) throws(StoreFailure) -> OrderRow? {
        let statement = try query(
            """
            SELECT number, id, workflow, version, status, placed_at, lane, parent, root, state
            FROM orders WHERE id = ?1
            """)
        statement.bind(1, id)
        return try statement.first { columns in OrderRow(columns) }
    }

    package func order(number: StreamNumber) throws(StoreFailure) -> OrderRow? {
        let statement = try query(
            """
            SELECT number, id, workflow, version, status, placed_at, lane, parent, root, state
            FROM orders WHERE number = ?1
            """)
        statement.bind(1, number)
        return try statement.first { columns in OrderRow(columns) }
    }

    /// How many orders there are. Reads the smallest index from end to end: for reports, not for requests.
    package func countOrders() throws(StoreFailure) -> Int {
        try query("SELECT count(*) FROM orders").first { columns in Int(columns.integer(0)) } ?? 0
    }
}
