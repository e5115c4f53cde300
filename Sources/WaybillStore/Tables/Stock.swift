package import WaybillCore

/// The stock of one SKU at one location, as stored.
package struct StockRow: Hashable, Sendable {
    package var number: StreamNumber
    package var key: StockKey
    /// How many events its own stream has.
    package var version: Int64
    package var level: StockLevel

    package init(number: StreamNumber, key: StockKey, version: Int64, level: StockLevel) {
        self.number = number
        self.key = key
        self.version = version
        self.level = level
    }

    init(_ columns: Columns) {
        number = columns.stream(0)
        key = StockKey(sku: SKU(columns.text(1)), location: Location(columns.text(2)))
        version = columns.integer(3)
        level = StockLevel()
        level.received = columns.integer(4)
        level.adjusted = columns.integer(5)
        level.free = columns.integer(6)
        level.reserved = columns.integer(7)
        level.sold = columns.integer(8)
        level.purchaseLimit = columns.optionalInteger(9)
    }
}

extension Transaction {
    package func insert(_ stock: StockRow) throws(StoreFailure) {
        let statement = try statement(
            """
            INSERT INTO stock (number, sku, location, version, received, adjusted, free, reserved, sold, purchase_limit)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
            """)
        statement.bind(1, stock.number)
        statement.bind(2, stock.key.sku)
        statement.bind(3, stock.key.location)
        statement.bind(4, stock.version)
        bind(stock.level, to: statement, from: 5)
        statement.bind(10, stock.level.purchaseLimit)
        try statement.run()
    }

    /// Stores version and level, but for its purchase limit. A level that breaks the stock identity is refused by the
    /// table.
    package func update(_ stock: StockRow) throws(StoreFailure) {
        let statement = try statement(
            """
            UPDATE stock SET version = ?2, received = ?3, adjusted = ?4, free = ?5, reserved = ?6, sold = ?7
            WHERE number = ?1
            """)
        statement.bind(1, stock.number)
        statement.bind(2, stock.version)
        bind(stock.level, to: statement, from: 3)
        try statement.run()
    }

    /// Changes a purchase limit. In a separate statement: levels are written far more often.
    package func setPurchaseLimit(of number: StreamNumber, to limit: Int64) throws(StoreFailure) {
        let statement = try statement("UPDATE stock SET purchase_limit = ?2 WHERE number = ?1")
        statement.bind(1, number)
        statement.bind(2, limit)
        try statement.run()
    }

    private func bind(_ level: StockLevel, to statement: Statement, from index: Int32) {
        statement.bind(index, level.received)
        statement.bind(index + 1, level.adjusted)
        statement.bind(index + 2, level.free)
        statement.bind(index + 3, level.reserved)
        statement.bind(index + 4, level.sold)
    }
}

extension TableReader where Self: ~Copyable {
    /// The places at which a SKU has a stock, in order.
    package func places(of sku: SKU, limit: Int) throws(StoreFailure) -> [Location] {
        let statement = try query("SELECT location FROM stock WHERE sku = ?1 ORDER BY location LIMIT ?2")
        statement.bind(1, sku)
        statement.bind(2, Int64(limit))
        return try statement.all { columns in Location(columns.text(0)) }
    }

    package func stock(_ key: StockKey) throws(StoreFailure) -> StockRow? {
        let statement = try query(
            """
            SELECT number, sku, location, version, received, adjusted, free, reserved, sold, purchase_limit
            FROM stock WHERE sku = ?1 AND location = ?2
            """)
        statement.bind(1, key.sku)
        statement.bind(2, key.location)
        return try statement.first { columns in StockRow(columns) }
    }

    package func stock(number: StreamNumber) throws(StoreFailure) -> StockRow? {
        let statement = try query(
            """
            SELECT number, sku, location, version, received, adjusted, free, reserved, sold, purchase_limit
            FROM stock WHERE number = ?1
            """)
        statement.bind(1, number)
        return try statement.first { columns in StockRow(columns) }
    }

    /// The stock rows after `key`, by SKU and location; nil: from the first.
    package func stocks(after key: StockKey?, limit: Int) throws(StoreFailure) -> [StockRow] {
        guard let key else { return try firstStocks(limit: limit) }
        let statement = try query(
            """
            SELECT number, sku, location, version, received, adjusted, free, reserved, sold, purchase_limit
            FROM stock WHERE (sku, location) > (?1, ?2) ORDER BY sku, location LIMIT ?3
            """)
        statement.bind(1, key.sku)
        statement.bind(2, key.location)
        statement.bind(3, Int64(limit))
        return try statement.all { columns in StockRow(columns) }
    }

    /// A page of its own, because no text sorts before the empty one: the first row could not come after anything.
    private func firstStocks(limit: Int) throws(StoreFailure) -> [StockRow] {
        let statement = try query(
            """
            SELECT number, sku, location, version, received, adjusted, free, reserved, sold, purchase_limit
            FROM stock WHERE sku >= '' ORDER BY sku, location LIMIT ?1
            """)
        statement.bind(1, Int64(limit))
        return try statement.all { columns in StockRow(columns) }
    }
}
