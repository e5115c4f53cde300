public import Waybill

/// What buyers have put aside: filled by messages of the topic `cart`, cleared of what was ordered, and given back
/// when the order is closed.
///
///     fill ──► in the cart ──placed──► taken by the order ──closed──► in the cart again
///                          ◄─────────────  paid late: taken again
///
/// An order takes what the cart has of its goods and no more; exactly that comes back.
public struct Cart: ShopModule {
    /// Where carts are filled.
    public static let topic: TopicName = "cart"

    public let name: GroupName = "cart"
    public let topics: [TopicName] = [Self.topic]
    public let subscriptions = [
        Subscription(OrderNews.topic, tags: "placed || paid || closed"),
        Subscription(Self.topic, tags: "fill || remove"),
    ]
    /// What an order or a buyer does comes in its order.
    public let settings = GroupSettings(isFIFO: true)

    public init() {}

    // MARK: Filling

    /// The message that puts goods into a buyer's cart.
    public static func fill(_ goods: Goods, of buyer: String) -> NewMessage { message("fill", goods, of: buyer) }

    /// The message that takes goods out of a buyer's cart: as many as are there, at most.
    public static func remove(_ goods: Goods, of buyer: String) -> NewMessage { message("remove", goods, of: buyer) }

    private static func message(_ tag: Text, _ goods: Goods, of buyer: String) -> NewMessage {
        let body: JSON = [
            "buyer": .text(buyer), "sku": .text(goods.sku), "at": .text(goods.location), "qty": .int(goods.quantity),
        ]
        return NewMessage(to: topic, body: body.bytes, tag: tag, messageGroup: Text(buyer))
    }

    // MARK: Asking

    /// What is in a buyer's cart, at most 1,000 kinds of goods.
    public static func contents(of buyer: String, in book: OrderBook) throws -> [Goods] {
        try book.readTables { tables in
            try tables.rows(
                """
                SELECT sku, location, filled - ordered AS quantity FROM cart_line
                WHERE buyer = ? AND filled > ordered ORDER BY sku, location LIMIT 1000
                """, [.text(buyer)]
            ).map { row in
                Goods(
                    sku: try row.text("sku"), location: try row.text("location"),
                    quantity: try row.integer("quantity"))
            }
        }
    }

    /// How many carts have something in them, and how many units open orders have taken from carts.
    public static func totals(in book: OrderBook) throws -> (filled: Int64, taken: Int64) {
        let row = try book.readTables { tables in
            try tables.rows(
                """
                SELECT count(DISTINCT CASE WHEN filled > ordered THEN buyer END) AS filled,
                    ifnull(sum(ordered), 0) AS taken FROM cart_line
                """
            ).first
        }
        return (try row?.integer("filled") ?? 0, try row?.integer("taken") ?? 0)
    }

    // MARK: Working

    public func migrate(_ tables: borrowing ModuleTables) throws {
        // What is in the cart is what was filled in and is not with an order.
        try tables.execute(
            """
            CREATE TABLE IF NOT EXISTS cart_line (
                buyer TEXT NOT NULL, sku TEXT NOT NULL, location TEXT NOT NULL,
                filled INTEGER NOT NULL CHECK (filled >= 0),
                ordered INTEGER NOT NULL CHECK (ordered BETWEEN 0 AND filled),
                PRIMARY KEY (buyer, sku, location)) STRICT, WITHOUT ROWID
            """)
        // `event` is the position of the order's event that the row is as of.
        try tables.execute(
            """
            CREATE TABLE IF NOT EXISTS cart_order (
                order_id TEXT PRIMARY KEY, buyer TEXT NOT NULL, event INTEGER NOT NULL,
                state TEXT NOT NULL CHECK (state IN ('ordered', 'restored'))) STRICT, WITHOUT ROWID
            """)
        try tables.execute("CREATE INDEX IF NOT EXISTS cart_order_by_buyer ON cart_order (buyer)")
        try tables.execute(
            """
            CREATE TABLE IF NOT EXISTS cart_taken (
                order_id TEXT NOT NULL, sku TEXT NOT NULL, location TEXT NOT NULL,
                quantity INTEGER NOT NULL CHECK (quantity >= 0),
                PRIMARY KEY (order_id, sku, location)) STRICT, WITHOUT ROWID
            """)
        for table in Self.tables { try table.migrate(tables) }
    }

    static let tables = [
        SealedTable("cart_line", "buyer", "sku", "location", "filled", "ordered"),
        SealedTable("cart_order", "order_id", "buyer", "event", "state"),
        SealedTable("cart_taken", "order_id", "sku", "location", "quantity"),
    ]

    public func handle(_ delivery: Delivery, _ tables: borrowing ModuleTables, _ effects: Effects) throws {
        guard delivery.topic == OrderNews.topic else { return try change(delivery, tables, effects) }
        let news = try OrderNews(delivery)
        switch news.tag {
        case .placed: try place(news, tables)
        case .closed: try restore(news, tables)
        case .paid: try takeAgain(news, tables)
        case .refunded, .shipped, .revived, .needsAPerson, nil: break
        }
    }

    private func change(_ delivery: Delivery, _ tables: borrowing ModuleTables, _ effects: Effects) throws {
        // Unlike what an order says, a change of the cart is not the same when it is made twice.
        guard effects.once("change") else { return }
        let body = try JSON(reading: delivery.body)
        let buyer = try body.text(of: "buyer")
        let sku = try body.text(of: "sku")
        let location = body["at"]?.asText ?? ""
        let quantity = try body.number(of: "qty", in: 1...Goods.quantityMax)
        if delivery.tag == "remove" {
            try tables.execute(
                """
                UPDATE cart_line SET filled = max(ordered, filled - ?1),
                    digest = row_digest(buyer, sku, location, max(ordered, filled - ?1), ordered)
                WHERE buyer = ?2 AND sku = ?3 AND location = ?4
                """, [.integer(quantity), .text(buyer), .text(sku), .text(location)])
        } else {
            try tables.execute(
                """
                INSERT INTO cart_line (buyer, sku, location, filled, ordered, digest)
                VALUES (?1, ?2, ?3, ?4, 0, row_digest(?1, ?2, ?3, ?4, 0))
                ON CONFLICT DO UPDATE
                SET filled = ordered + min(\(Goods.quantityMax), filled - ordered + excluded.filled),
                    digest = row_digest(buyer, sku, location,
                        ordered + min(\(Goods.quantityMax), filled - ordered + excluded.filled), ordered)
                """, [.text(buyer), .text(sku), .text(location), .integer(quantity)])
        }
    }

    private func place(_ news: OrderNews, _ tables: borrowing ModuleTables) throws {
        guard let buyer = try news.buyer() else { throw ModuleProblem("order \(news.order) names no buyer") }
        let isNew = try tables.execute(
            """
            INSERT INTO cart_order (order_id, buyer, event, state, digest)
            VALUES (?1, ?2, ?3, 'ordered', row_digest(?1, ?2, ?3, 'ordered')) ON CONFLICT DO NOTHING
            """,
            [.text(news.order), .text(buyer), .integer(news.event)])
        guard isNew == 1 else { return }
        for goods in try news.goods() {
            let taken = try take(goods, of: buyer, tables)
            guard taken > 0 else { continue }
            try tables.execute(
                """
                INSERT INTO cart_taken (order_id, sku, location, quantity, digest)
                VALUES (?1, ?2, ?3, ?4, row_digest(?1, ?2, ?3, ?4))
                """,
                [.text(news.order), .text(goods.sku), .text(goods.location), .integer(taken)])
        }
    }

    private func restore(_ news: OrderNews, _ tables: borrowing ModuleTables) throws {
        guard let buyer = try move(news, to: "restored", tables) else { return }
        for goods in try taken(by: news, tables) {
            try tables.execute(
                """
                UPDATE cart_line SET ordered = ordered - ?1,
                    digest = row_digest(buyer, sku, location, filled, ordered - ?1)
                WHERE buyer = ?2 AND sku = ?3 AND location = ?4
                """,
                [.integer(goods.quantity), .text(buyer), .text(goods.sku), .text(goods.location)])
        }
    }

    /// The order lives again, because its money came after all.
    private func takeAgain(_ news: OrderNews, _ tables: borrowing ModuleTables) throws {
        guard let buyer = try move(news, to: "ordered", tables) else { return }
        for goods in try taken(by: news, tables) {
            let taken = try take(goods, of: buyer, tables)
            try tables.execute(
                """
                UPDATE cart_taken SET quantity = ?1, digest = row_digest(order_id, sku, location, ?1)
                WHERE order_id = ?2 AND sku = ?3 AND location = ?4
                """,
                [.integer(taken), .text(news.order), .text(goods.sku), .text(goods.location)])
        }
    }

    /// Brings an order into another state; answers its buyer, or nil when it is there already or unknown.
    private func move(_ news: OrderNews, to state: String, _ tables: borrowing ModuleTables) throws -> String? {
        let changed = try tables.execute(
            """
            UPDATE cart_order SET state = ?1, event = ?2, digest = row_digest(order_id, buyer, ?2, ?1)
            WHERE order_id = ?3 AND state <> ?1 AND event < ?2
            """,
            [.text(state), .integer(news.event), .text(news.order)])
        guard changed == 1 else { return nil }
        return try tables.rows("SELECT buyer FROM cart_order WHERE order_id = ?", [.text(news.order)]).first?
            .text("buyer")
    }

    private func taken(by news: OrderNews, _ tables: borrowing ModuleTables) throws -> [Goods] {
        try tables.rows(
            "SELECT sku, location, quantity FROM cart_taken WHERE order_id = ? LIMIT 1000", [.text(news.order)]
        ).map { row in
            Goods(sku: try row.text("sku"), location: try row.text("location"), quantity: try row.integer("quantity"))
        }
    }

    /// Takes goods out of a cart, as many as are there; answers how many.
    private func take(_ goods: Goods, of buyer: String, _ tables: borrowing ModuleTables) throws -> Int64 {
        let row = try tables.rows(
            "SELECT filled - ordered AS free FROM cart_line WHERE buyer = ? AND sku = ? AND location = ?",
            [.text(buyer), .text(goods.sku), .text(goods.location)]
        ).first
        let taken = min(goods.quantity, try row?.integer("free") ?? 0)
        guard taken > 0 else { return 0 }
        try tables.execute(
            """
            UPDATE cart_line SET ordered = ordered + ?1, digest = row_digest(buyer, sku, location, filled, ordered + ?1)
            WHERE buyer = ?2 AND sku = ?3 AND location = ?4
            """,
            [.integer(taken), .text(buyer), .text(goods.sku), .text(goods.location)])
        return taken
    }
}
