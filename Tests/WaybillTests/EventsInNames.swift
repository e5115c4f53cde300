import EngineFixtures
import Testing
import Waybill

@Suite struct `An event in names and paths` {
    @Test func `says what was asked and what came of it`() async throws {
        let book = try OrderBook.inMemory(workflows: [mugShop], world: .virtual(VirtualClock(start: noon)))
        try await book.messages.createGroup("readers")
        try await book.submit(StockCommand(.receive(9), of: mug))
        let receipt = try await book.submit(place("o-1", qty: 2))
        try await book.submit(pay("o-1", cents: 2_500))
        let details = try #require(try await book.details(of: "o-1"))
        #expect(details.map(\.type) == (try await book.history(of: "o-1") ?? []).map(\.type))

        let placed = try #require(details.first)
        #expect(placed.position == receipt.position && placed.order == "o-1" && placed.version == 1)
        #expect(placed.status == "awaiting payment")
        #expect(placed.stock.map(\.verb) == ["reserve"] && placed.stock.map(\.stock) == [mug])
        #expect(placed.stock.map(\.quantity) == [2])
        #expect(placed.armed.map(\.name) == ["unpaid.after.30m"])
        #expect(placed.armed.map(\.due) == [noon.advanced(by: .minutes(30))])
        #expect(placed.facts == [.available(quotasOpened: 0)])
        #expect(!placed.entered.isEmpty && placed.cancelled.isEmpty)
        let asked = try JSON(reading: try #require(placed.asked))
        #expect(asked["qty"]?.asInt == 2)

        let paid = try #require(details.last)
        #expect(paid.cancelled == ["unpaid.after.30m"])
        #expect(paid.set.map(\.path) == ["paid_cents"] && paid.set.map(\.value) == [Array("2500".utf8)])
        let json = try JSON(reading: paid.json)
        #expect(json["event"]?.asText == paid.position.text && json["type"]?.asText == "pay")
        #expect(json["cancelled"]?.elements == ["unpaid.after.30m"])
        #expect(json["at"]?.asText == noon.iso8601)
        #expect(try await book.details(of: "nobody") == nil)
        #expect(try await book.details(of: "o-1", after: 1) == [paid])
    }

    @Test func `names its messages as consumers get them`() async throws {
        let book = try OrderBook.inMemory(world: .virtual(VirtualClock(start: noon)))
        let phone = StockKey(sku: "phone")
        try await book.submit(StockCommand(.receive(9), of: phone))
        try await book.messages.createGroup("readers")
        let data: JSON = ["buyer": "ann", "sku": "phone", "at": "", "price_cents": 49_900, "limit": 2]
        try await book.submit(OrderCommand("place", of: "o-1", data: data, workflow: "flash-sale"))
        let pay: JSON = ["payment": "p-1", "amount_cents": 49_900]
        try await book.submit(OrderCommand("pay", of: "o-1", data: pay))
        let details = try #require(try await book.details(of: "o-1"))
        let sent = details.flatMap(\.messages)
        #expect(!sent.isEmpty)
        for topic in Set(sent.map(\.topic)) {
            let delivered = try await book.messages.receive("readers", Subscription(topic))
            #expect(delivered.map(\.id) == sent.filter { $0.topic == topic && !$0.isHalf }.map(\.id))
        }
    }
}
