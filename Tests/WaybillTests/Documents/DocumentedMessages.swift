import Testing
import Waybill

/// The examples of the page `SendAndConsume` and of the comments about messages. TidyTests hold that they show just
/// these.
@Suite struct `The documented messages` {
    private let book: OrderBook

    /// A shop with one order, which has been paid.
    init() async throws {
        book = try OrderBook.inMemory(world: .virtual(VirtualClock(start: noon)))
        try await book.submit(StockCommand(.receive(5), of: StockKey(sku: "mug")))
        let data: OrderBook.JSON = ["buyer": "ann", "sku": "mug", "at": "", "price_cents": 500, "limit": 2]
        try await book.submit(OrderCommand("place", of: "o-1", data: data, workflow: "flash-sale"))
        let payment: OrderBook.JSON = ["payment": "p-1", "amount_cents": 500]
        try await book.submit(OrderCommand("pay", of: "o-1", data: payment))
    }

    /// `placed` was passed over, `paid` was acknowledged.
    private func finished() throws -> [Int64] { try book.messages.lag(of: "service").map(\.finished) }

    @Test func `are sent and consumed`() async throws {
        let messages = book.messages
        try await messages.createTopic("news", TopicSettings(type: .fifo))
        try await messages.send(NewMessage(to: "news", body: Array("...".utf8), tag: "prices", messageGroup: "ann"))

        try await messages.createGroup("service")
        for try await delivery in messages.deliveries(to: "service", Subscription("order", tags: "paid || shipped")) {
            try await messages.acknowledge(delivery)
        }

        #expect(try finished() == [2])
        #expect(try await messages.find(in: "news", from: noon, limit: 9).count == 1)
    }

    @Test func `are read for what the order says`() async throws {
        var shipped: [OrderID?] = []
        func ship(_ order: OrderID?) async throws { shipped.append(order) }

        let messages = book.messages
        try await messages.createGroup("service")
        for try await delivery in messages.deliveries(to: "service", Subscription("order", tags: "paid")) {
            try await ship(delivery.order)
            try await messages.acknowledge(delivery)
        }

        #expect(shipped == ["o-1"])
        try await messages.lookBack("service", "order", to: .oldest)
        for try await delivery in messages.deliveries(to: "service", Subscription("order", tags: "paid")) {
            try await messages.acknowledge(delivery)
        }
        #expect(try finished() == [2])
    }

    @Test func `hold the data of the command where the comment finds it`() async throws {
        try await book.messages.createGroup("readers")
        let received = try await book.messages.receive("readers", Subscription("order", tags: "placed"))
        let delivery = try #require(received.first)

        let body = try OrderBook.JSON(reading: delivery.body)
        let buyer = body["data"]?["data"]?["buyer"]?.asText

        #expect(buyer == "ann")
    }

    @Test func `are sent with a local transaction elsewhere`() async throws {
        struct Ledger {
            func book(_ payment: String, transaction: OrderBook.Text) throws {}
        }
        let (messages, ledger, payment) = (book.messages, Ledger(), "p-1")
        try await messages.createTopic("bookings", TopicSettings(type: .transaction))
        let message = NewMessage(to: "bookings", body: Array("p-1".utf8))

        let decided = try await messages.sendInTransaction(message, producer: "ledger") { prepared in
            try ledger.book(payment, transaction: prepared.transaction)
            return .commit
        }

        #expect(decided.resolution == .commit)
        #expect(try await messages.find(in: "bookings", from: noon, limit: 9).count == 1)
    }
}
