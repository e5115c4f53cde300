import Testing
import Waybill
import WaybillCore

/// Orders of different roots are no relatives: what one has to say to the other goes by message.
@Suite struct `An order of another family` {
    private let packed = Subscription("basket", tags: "packed")

    /// What a consumer does with the news: a command to the other order, named by the message.
    private func passOn(_ delivery: Delivery, to order: OrderID, in book: OrderBook) async -> Answer {
        await book.answer(
            to: OrderCommand(
                "arrived", of: order, data: ["box": "x", "units": 2], role: "child", key: delivery.id.text,
                caller: "news"))
    }

    private func units(_ order: OrderID, in book: OrderBook) throws -> Int? {
        try book.context(order)["arrived"] as? Int
    }

    @Test func `hears by message, and does what it hears once however often the message comes`() async throws {
        let book = try await FamilyShop.book()
        try await book.messages.createGroup("news", GroupSettings(ladder: [.seconds(1)]))
        for id: OrderID in ["o-1", "o-2"] { try await book.submit(FamilyShop.place(id)) }
        try await book.submit(FamilyShop.pack("o-1", "b1", 2))
        let first = try #require(try await book.messages.receive("news", packed).first)
        try await passOn(first, to: "o-2", in: book).receipt()
        // The consumer fails between the command and its acknowledgement.
        try await book.messages.fail(first)
        book.advance(by: .seconds(1))
        let again = try #require(try await book.messages.receive("news", packed).first)
        #expect(again.id == first.id && again.attempt == 2)
        #expect(try await passOn(again, to: "o-2", in: book).receipt().isRepeat)
        try await book.messages.acknowledge(again)
        #expect(try units("o-2", in: book) == 2)
    }

    @Test func `that refuses what it hears undoes nothing of the sender's`() async throws {
        let book = try await FamilyShop.book()
        try await book.messages.createGroup("news")
        for id: OrderID in ["o-1", "o-2"] { try await book.submit(FamilyShop.place(id)) }
        try await book.submit(OrderCommand("end", of: "o-2"))
        try await book.submit(FamilyShop.pack("o-1", "b1", 2))
        let delivery = try #require(try await book.messages.receive("news", packed).first)
        #expect(await passOn(delivery, to: "o-2", in: book).refusalCode == "not_possible")
        #expect(try await book.order("o-1")?.children.count == 1)
    }
}
