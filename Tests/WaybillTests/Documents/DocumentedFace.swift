import Testing
import Waybill

struct Visits: ShopModule {
    let name: GroupName = "visits"
    let subscriptions = [Subscription("order", tags: "placed")]

    func migrate(_ tables: borrowing ModuleTables) throws {
        try tables.execute("CREATE TABLE IF NOT EXISTS visit (order_id TEXT PRIMARY KEY) STRICT")
    }

    func handle(_ delivery: Delivery, _ tables: borrowing ModuleTables, _ effects: Effects) throws {
        guard let order = delivery.order else { return }
        try tables.execute("INSERT INTO visit VALUES (?) ON CONFLICT DO NOTHING", [.text(order.description)])
    }
}

/// The examples in the comments of the public face. TidyTests hold that they show just these.
@Suite struct `The documented face` {
    private func shop() async throws -> OrderBook {
        let book = try OrderBook.inMemory(world: .virtual(VirtualClock(start: noon)))
        try await book.submit(StockCommand(.receive(5), of: StockKey(sku: "mug")))
        return book
    }

    private func place(_ id: OrderID, in book: OrderBook) async throws {
        let data: OrderBook.JSON = [
            "shop": "7", "buyer": "ann", "pay_within": "30m", "freight_cents": 0, "discount_cents": 0,
            "lines": [["line": "1", "sku": "mug", "at": "", "qty": 1, "price_cents": 4998]],
        ]
        try await book.submit(OrderCommand("place", of: id, data: data, workflow: "standard-order"))
    }

    private func visits(in book: OrderBook) throws -> Int {
        try book.readTables { tables in try tables.rows("SELECT order_id FROM visit").count }
    }

    @Test func `counts a visit once, also after a look-back`() async throws {
        let book = try await shop()
        try await book.install(Visits())
        book.advance(by: .seconds(1))
        try await place("order-7", in: book)
        try await book.runModules()
        try await book.messages.lookBack("visits", "order", to: .oldest)
        try await book.runModules()
        #expect(try visits(in: book) == 1)
        #expect(try await book.messages.deadLetters(of: "visits").isEmpty)
    }

    @Test func `takes a module as a handler`() async throws {
        let book = try await shop()

        try await book.install(
            HandlerModule(
                "visits", [Subscription("order", tags: "placed")],
                migrate: { tables in
                    try tables.execute("CREATE TABLE IF NOT EXISTS visit (order_id TEXT PRIMARY KEY) STRICT")
                },
                handle: { delivery, tables, _ in
                    guard let order = delivery.order else { return }
                    try tables.execute(
                        "INSERT INTO visit VALUES (?) ON CONFLICT DO NOTHING", [.text(order.description)])
                }))

        book.advance(by: .seconds(1))
        try await place("order-7", in: book)
        try await book.runModules()
        #expect(try visits(in: book) == 1)
    }

    @Test func `takes commands, and moves the timeouts of many orders`() async throws {
        let book = try await shop()
        try await place("order-7", in: book)

        let change = TimeoutChange(
            .extend(by: .minutes(15)), "pay_due",
            where: OrderFilter(status: "awaiting payment", attributes: [.init("shop", "7")]))
        try await book.changeTimeouts(change)

        #expect(try await book.order("order-7")?.timeouts.map(\.due) == [noon.advanced(by: .minutes(45))])
        let commands = [
            OrderCommand("pay", of: "order-7", data: ["payment": "p-1", "channel": "card", "amount_cents": 4998])
        ]
        #expect(try await book.submit(commands[0]).status == "awaiting shipment")
    }
}
