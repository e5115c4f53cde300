import Testing
import Waybill

/// The examples of the pages `RowsOfYourOwn` and `Lanes`. TidyTests hold that they show just these.
@Suite struct `The documented rows and lanes` {
    private let book: OrderBook

    /// A shop with an order that waits for its payment.
    init() async throws {
        book = try OrderBook.inMemory(world: .virtual(VirtualClock(start: noon)))
        try await book.submit(StockCommand(.receive(5), of: StockKey(sku: "phone")))
        let data: OrderBook.JSON = ["buyer": "bob", "sku": "phone", "at": "", "price_cents": 49_900, "limit": 2]
        try await book.submit(OrderCommand("place", of: "order-7", data: data, workflow: "flash-sale"))
    }

    private func pay() async throws -> Int64?? {
        let payment = OrderCommand(
            "pay", of: "order-7", data: ["payment": "p-1", "amount_cents": 49_900], role: "payments", key: "pay-p-1")
        let paid = try await book.transact(payment) { tables in
            try tables.execute(
                "INSERT INTO invoice (order_id, cents) VALUES (?, ?)", [.text("order-7"), .integer(49_900)])
            return try tables.rows("SELECT max(number) AS number FROM invoice").first?["number"]?.asInteger
        }
        // Nil when the command was accepted before: sent again under its key, it runs no closure.
        let number = paid.result
        return number
    }

    @Test func `make one invoice, with the payment`() async throws {
        try await book.migrateTables { tables in
            try tables.execute(
                """
                CREATE TABLE IF NOT EXISTS invoice (
                    number INTEGER PRIMARY KEY, order_id TEXT NOT NULL UNIQUE, cents INTEGER NOT NULL) STRICT
                """)
        }

        #expect(try await pay() == .some(.some(1)))
        #expect(try await pay() == nil)

        let open = try await book.readTables { tables in
            try tables.rows("SELECT number, cents FROM invoice WHERE order_id = ?", [.text("order-7")])
        }
        #expect(open.map { $0["cents"] } == [.integer(49_900)])
        #expect(try await book.order("order-7")?.status == "awaiting shipment")
    }

    @Test func `lead an order to the consumers of its lane`() async throws {
        try await book.messages.createGroup("mailer")
        try await book.submit(
            OrderCommand(
                "place", of: "order-8",
                data: ["buyer": "ann", "sku": "phone", "at": "", "price_cents": 49_900, "limit": 2],
                workflow: "flash-sale", role: "shop", key: "cart-43", lane: "blue"))
        let batch = try await book.messages.receive(
            "mailer", Subscription("order", tags: "placed"), .init(client: "mailer-2", lane: "blue"))

        #expect(batch.map(\.order) == ["order-8"])
        let base = try await book.messages.receive("mailer", Subscription("order", tags: "placed"))
        #expect(base.map(\.order) == ["order-7"])
    }
}
