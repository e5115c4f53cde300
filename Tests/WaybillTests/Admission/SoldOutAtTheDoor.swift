import Testing
import Waybill
import WaybillCore
import WaybillEngine

@Suite struct `What is sold out` {
    private static let phone = StockKey(sku: "phone", location: "hall")
    private static let refused = Answer.refused(.soldOut("phone", "hall", asked: 1))

    private static func place(_ id: OrderID, by buyer: String = "ann", key: Text? = nil) -> OrderCommand {
        let data: JSON = ["buyer": .text(buyer), "sku": "phone", "at": "hall", "price_cents": 49_900, "limit": 5]
        return OrderCommand("place", of: id, data: data, workflow: "flash-sale", role: "shop", key: key, caller: "web")
    }

    /// A book with one phone, which `o-1` has taken; and somebody has asked for another in vain.
    private static func soldOut(_ settings: OrderBook.Settings = .init()) async throws -> OrderBook {
        let book = try OrderBook.inMemory(world: .virtual(VirtualClock(start: noon)), settings: settings)
        try await book.submit(StockCommand(.receive(1), of: phone))
        try await book.submit(place("o-1", key: "k-1"))
        let second = await book.answer(to: place("o-2", key: "k-2"))
        #expect(second == .refused(.insufficientStock("phone", "hall", asked: 1, free: 0)))
        return book
    }

    @Test func `is refused at the door without a write, and the refusal says that it was not stored`() async throws {
        let book = try await Self.soldOut()
        let writes = book.engine.writeCount
        for number in 3..<100 {
            let answer = await book.answer(to: Self.place(OrderID("o-\(number)"), by: "b-\(number)"))
            #expect(answer == Self.refused)
            #expect(answer.refusalCode == "insufficient_stock")
        }
        #expect(book.engine.writeCount == writes)
        guard case .refused(let refusal) = Self.refused else { return }
        #expect(refusal.message.contains("not stored"))
        #expect(try await book.refusals(of: "o-3").isEmpty)
    }

    @Test func `is sold again when a unit comes back, by a cancel, a timeout or a receipt`() async throws {
        let book = try await Self.soldOut()
        #expect(await book.answer(to: Self.place("o-3")) == Self.refused)
        try await book.submit(OrderCommand("cancel", of: "o-1", role: "buyer"))
        try await book.submit(Self.place("o-3"))
        _ = await book.answer(to: Self.place("o-4"))
        #expect(await book.answer(to: Self.place("o-4")) == Self.refused)
        book.advance(by: .minutes(15))
        try await book.submit(Self.place("o-4"))
        _ = await book.answer(to: Self.place("o-5"))
        #expect(await book.answer(to: Self.place("o-5")) == Self.refused)
        try await book.submit(StockCommand(.receive(1), of: Self.phone))
        try await book.submit(Self.place("o-5"))
    }

    @Test func `does not change the answer to who asks again for what he has`() async throws {
        let book = try await Self.soldOut()
        let again = try await book.submit(Self.place("o-1", key: "k-1"))
        #expect(again.isRepeat)
        #expect(await book.answer(to: Self.place("o-1")).refusalCode == "order_exists")
        #expect(await book.answer(to: Self.place("o-9", key: "k-1")).refusalCode == "key_reused")
    }

    @Test func `does not hide what else is wrong with a request`() async throws {
        let book = try await Self.soldOut()
        let data: JSON = ["buyer": "ann", "sku": "phone", "at": "hall", "price_cents": -1, "limit": 5]
        let bad = OrderCommand("place", of: "o-3", data: data, workflow: "flash-sale", role: "shop")
        #expect(await book.answer(to: bad).refusalCode == "bad_data")
        var foreign = Self.place("o-4")
        foreign.role = "warehouse"
        #expect(await book.answer(to: foreign).refusalCode == "wrong_role")
        #expect(await book.answer(to: Self.place("")).refusalCode == "bad_data")
    }

    @Test func `is another place's business where there is some`() async throws {
        let book = try await Self.soldOut()
        try await book.submit(StockCommand(.receive(1), of: StockKey(sku: "phone", location: "yard")))
        let data: JSON = ["buyer": "ann", "sku": "phone", "at": "yard", "price_cents": 1, "limit": 5]
        try await book.submit(
            OrderCommand("place", of: "o-3", data: data, workflow: "flash-sale", role: "shop")
        )
    }

    @Test func `is asked of the writer when the door is told to stay open`() async throws {
        var settings = OrderBook.Settings()
        settings.refusesSoldOutAtTheDoor = false
        let book = try await Self.soldOut(settings)
        let writes = book.engine.writeCount
        #expect(
            await book.answer(to: Self.place("o-3")) == .refused(.insufficientStock("phone", "hall", asked: 1, free: 0))
        )
        #expect(book.engine.writeCount == writes + 1)
    }

    @Test func `is for the workflow to say where it has an answer to a shortage`() async throws {
        let text = """
            id: patient
            version: 1
            commands:
              place: {by: shop, data: {sku: text}}
              look: {by: shop}
            context: {sku: text}
            initial: asking
            entry: [{reserve: {sku: sku, qty: 1, else: {raise: none}}}]
            on: {none: waiting}
            states:
              asking: {on: {look: asking}}
              waiting: {type: final}
            """
        let book = try OrderBook.inMemory(
            workflows: [WorkflowText(text, source: "patient.yaml")], world: .virtual(VirtualClock(start: noon)))
        try await book.submit(StockCommand(.receive(1), of: StockKey(sku: "mug")))
        for number in 1...4 {
            let placed = OrderCommand("place", of: OrderID("o-\(number)"), data: ["sku": "mug"], workflow: "patient")
            try await book.submit(placed)
        }
        #expect(try await book.order("o-1")?.status == "asking")
        #expect(try await book.order("o-4")?.status == "waiting")
    }
}
