import CSQLite

/// The limit of the benchmark of orders: writes the rows that the engine has written, with the same statements into the
/// same tables and indexes, in writes of the same size, and decides nothing.
final class BareOrderLoop {
    /// Rows in memory at a time; the clock stands still while they are read.
    private static let ordersInMemory = 20_000

    private let source: BareConnection
    private let target: BareFile
    private let traffic: OrderTraffic
    private let inserts: [BareStatement]
    private let updateStock: BareStatement
    private var stockNumbers: [Int64] = []
    private var reserved: [Int64] = []

    /// One row of each for every order, by the order's number.
    private static let selects = [
        """
        SELECT position, stream, version, type, at, caller, key, cause, trace, lane, semantics, digest, body
        FROM event WHERE position BETWEEN ?1 AND ?2 ORDER BY position
        """,
        """
        SELECT place, event, ordinal, born_at, tag, key, message_group, properties, body, id
        FROM message WHERE event BETWEEN ?1 AND ?2 ORDER BY event, ordinal
        """,
        "SELECT kind, due, owner, name FROM timeout WHERE kind = 1 AND owner BETWEEN ?1 AND ?2 ORDER BY owner",
        """
        SELECT generation, shelf, caller, key, fingerprint, stream, version, refusal
        FROM command WHERE stream BETWEEN ?1 AND ?2 ORDER BY stream
        """,
        """
        SELECT number, id, workflow, version, status, placed_at, lane, parent, root, state
        FROM orders WHERE number BETWEEN ?1 AND ?2 ORDER BY number
        """,
        "SELECT shelf, name, value, number FROM order_attribute WHERE number BETWEEN ?1 AND ?2 ORDER BY number",
    ]

    /// What stands in both files when all is written; the engine has the events of the stock besides.
    private static let written = [
        """
        SELECT position, stream, version, type, at, caller, key, cause, trace, lane, semantics, digest, body
        FROM event WHERE stream IN (SELECT number FROM orders) ORDER BY position
        """,
        """
        SELECT place, event, ordinal, born_at, tag, key, message_group, properties, body, id FROM message ORDER BY place
        """,
        "SELECT kind, due, owner, name FROM timeout WHERE kind = 1 ORDER BY owner",
        "SELECT generation, shelf, caller, key, fingerprint, stream, version, refusal FROM command ORDER BY stream",
        """
        SELECT number, id, workflow, version, status, placed_at, lane, parent, root, state FROM orders ORDER BY number
        """,
        "SELECT shelf, name, value, number FROM order_attribute ORDER BY number, name",
        "SELECT number, sku, location, received, adjusted, free, reserved, sold FROM stock ORDER BY number",
    ]

    init(source: ScratchFile, target file: ScratchFile, traffic: OrderTraffic) throws {
        self.source = try BareConnection(source.path, readOnly: true)
        target = try BareFile(file)
        self.traffic = traffic
        inserts = try [
            """
            INSERT INTO event (position, stream, version, type, at, caller, key, cause, trace, lane, semantics, digest,
                body) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
            """,
            """
            INSERT INTO message (place, event, ordinal, born_at, tag, key, message_group, properties, body, id)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
            """,
            "INSERT INTO timeout (kind, due, owner, name) VALUES (?1, ?2, ?3, ?4)",
            """
            INSERT INTO command (generation, shelf, caller, key, fingerprint, stream, version, refusal)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
            """,
            """
            INSERT INTO orders (number, id, workflow, version, status, placed_at, lane, parent, root, state)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
            """,
            "INSERT INTO order_attribute (shelf, name, value, number) VALUES (?1, ?2, ?3, ?4)",
        ].map(target.connection.prepare)
        updateStock = try target.connection.prepare(
            """
            UPDATE stock SET version = ?2, received = ?3, adjusted = ?4, free = ?5, reserved = ?6, sold = ?7
            WHERE number = ?1
            """)
        try copyStock()
    }

    /// Writes everything, and answers what the writes took.
    func run(ordersPerWrite: Int) throws -> Spent {
        let first = try source.integer("SELECT coalesce(min(number), 1) FROM orders")
        let last = try source.integer("SELECT coalesce(max(number), 0) FROM orders")
        var spent = Spent()
        var from = first
        while from <= last {
            let upTo = min(last, from + Int64(Self.ordersInMemory) - 1)
            let tables = try Self.selects.map { try BareRows($0, from: source, binding: [from, upTo]) }
            let count = Int(upTo - from) + 1
            guard tables.allSatisfy({ $0.count == count }) else {
                throw BenchmarkFailure(
                    "the engine wrote another number of rows for an order than the bare loop expects")
            }
            let numbers = try orderNumbers(from: from, upTo: upTo)
            spent += try write(tables, orders: numbers, ordersPerWrite: ordersPerWrite)
            from = upTo + 1
        }
        try target.expect(Self.written, asIn: source)
        return spent
    }

    private func write(_ tables: [BareRows], orders: [Int], ordersPerWrite: Int) throws -> Spent {
        let lines = orders.map { traffic.lines($0) }
        return try BareRows.withBinders(of: tables) { binders in
            let watch = ProcessorWatch()
            var next = 0
            while next < orders.count {
                let end = min(orders.count, next + ordersPerWrite)
                try target.write {
                    var touched: Set<Int> = []
                    for row in next..<end {
                        for (binder, insert) in zip(binders, inserts) {
                            binder.bind(row: row, to: insert)
                            try insert.run()
                        }
                        for line in lines[row] {
                            reserved[line.sku] += line.quantity
                            touched.insert(line.sku)
                        }
                    }
                    for sku in touched { try update(sku) }
                }
                next = end
            }
            return watch.spent
        }
    }

    private func update(_ sku: Int) throws {
        let level = [
            stockNumbers[sku], 1, OrderTraffic.stockPerSKU, 0, OrderTraffic.stockPerSKU - reserved[sku], reserved[sku],
            0,
        ]
        for (index, value) in level.enumerated() { sqlite3_bind_int64(updateStock.pointer, Int32(index + 1), value) }
        try updateStock.run()
    }

    /// The shelves as they were before the first order.
    private func copyStock() throws {
        try target.copy(
            """
            SELECT number, sku, location, 1, received, adjusted, free + reserved + sold, 0, 0 FROM stock ORDER BY sku
            """, from: source,
            """
            INSERT INTO stock (number, sku, location, version, received, adjusted, free, reserved, sold)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
            """)
        let numbers = try source.prepare("SELECT number FROM stock ORDER BY sku")
        while sqlite3_step(numbers.pointer) == SQLITE_ROW {
            stockNumbers.append(sqlite3_column_int64(numbers.pointer, 0))
        }
        reserved = [Int64](repeating: 0, count: stockNumbers.count)
    }

    /// The traffic's numbers of some orders, from their ids.
    private func orderNumbers(from first: Int64, upTo last: Int64) throws -> [Int] {
        let statement = try source.prepare(
            """
            SELECT CAST(substr(id, instr(id, '-') + 1) AS INTEGER) FROM orders
            WHERE number BETWEEN ?1 AND ?2 ORDER BY number
            """
        )
        sqlite3_bind_int64(statement.pointer, 1, first)
        sqlite3_bind_int64(statement.pointer, 2, last)
        var numbers: [Int] = []
        while sqlite3_step(statement.pointer) == SQLITE_ROW {
            numbers.append(Int(sqlite3_column_int64(statement.pointer, 0)))
        }
        return numbers
    }
}
