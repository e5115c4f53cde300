import EngineFixtures
import Synchronization
import Testing
import Waybill
import WaybillBroker
import WaybillCore
import WaybillEngine
import WaybillTimeouts

/// What became of commands, for monitors.
@Suite struct `Commands are counted` {
    private func counts(_ book: OrderBook) -> [String: UInt64] {
        Dictionary(
            uniqueKeysWithValues: book.engine.counts.now.commands.map { key, count in
                ("\(key.workflow) \(key.command) \(key.result)", count)
            })
    }

    private func refusals(_ book: OrderBook) -> [String: UInt64] {
        Dictionary(
            uniqueKeysWithValues: book.engine.counts.now.refusals.map { ("\($0.code) \($0.place)", $1) })
    }

    @Test func `once each, also when their write is made again without one of them`() async throws {
        let book = try await mugBook()
        try await book.submit(place("o-1"))
        try book.engine.damage("o-1") { $0.state = [UInt8(ascii: "x")] }
        let answers = book.engine.answers([place("o-2"), pay("o-1"), place("o-3")])
        #expect(answers.map(\.isAccepted) == [true, false, true])
        #expect(counts(book) == ["mug-shop place accepted": 3])
        #expect(refusals(book) == ["undone writer": 1])
    }

    @Test func `by what came of them, and no word of a caller makes a number`() async throws {
        let book = try await mugBook(stock: 2)
        try await book.submit(place("o-1", key: "k-1"))
        #expect(try await book.submit(place("o-1", key: "k-1")).isRepeat)
        _ = await book.answer(to: pay("o-1", cents: 1))
        for word in ["fly", "swim"] { _ = await book.answer(to: OrderCommand(EventName(word), of: "o-1")) }
        _ = await book.answer(to: pay("none"))
        #expect(
            counts(book) == [
                "mug-shop place accepted": 1, "mug-shop place repeated": 1, "mug-shop pay refused": 1,
                "mug-shop other refused": 2, " other refused": 1,
            ])
        #expect(
            refusals(book) == ["not_possible writer": 1, "unknown_command writer": 2, "unknown_order writer": 1])
    }

    /// Such a workflow takes every event, and its states say which it knows.
    @Test func `by their names where a workflow declares no commands`() async throws {
        let text = WorkflowText(
            """
            id: lamp
            version: 1
            context: {uses: count}
            initial: off
            states:
              off: {on: {press: on}}
              on: {on: {break: {target: broken, guard: uses > 1}}}
              broken: {type: final}
            """)
        let book = try OrderBook.inMemory(workflows: [text])
        for word in ["start", "press", "break", "press", "fly"] {
            _ = await book.answer(to: OrderCommand(EventName(word), of: "l-1", workflow: "lamp"))
        }
        let counts = counts(book)
        #expect(counts["lamp press refused"] == 1 && counts["lamp break refused"] == 1, "\(counts)")
        #expect(counts["lamp other refused"] == 1 && counts["lamp press accepted"] == 1, "\(counts)")
    }

    /// A book with one phone, which `o-1` has taken.
    private func phones() async throws -> OrderBook {
        let book = try OrderBook.inMemory(world: .virtual(VirtualClock(start: noon)))
        try await book.submit(StockCommand(.receive(1), of: StockKey(sku: "phone", location: "hall")))
        try await book.submit(phone("o-1"))
        return book
    }

    private func phone(_ id: OrderID) -> OrderCommand {
        let data: JSON = ["buyer": "ann", "sku": "phone", "at": "hall", "price_cents": 49_900, "limit": 5]
        return OrderCommand("place", of: id, data: data, workflow: "flash-sale", role: "shop", caller: "web")
    }

    @Test func `at the door when no write is made for them`() async throws {
        let book = try await phones()
        // The first finds out in a write that nothing is left.
        for number in 2...4 { _ = await book.answer(to: phone(OrderID("o-\(number)"))) }
        #expect(refusals(book) == ["insufficient_stock writer": 1, "insufficient_stock door": 2])
        #expect(counts(book) == ["flash-sale place accepted": 1, "flash-sale place refused": 1])
    }

    @Test func `with rows of the caller as well`() async throws {
        let book = try await mugBook()
        await #expect(throws: Refusal.self) { _ = try await book.transact(pay("none")) { _ in 0 } }
        #expect(refusals(book) == ["unknown_order writer": 1])
        #expect(book.recentRefusals(limit: 5).map(\.order) == ["none"])
    }

    @Test func `and so are messages and receipts that came together, each by itself`() async throws {
        let told = Mutex<[String]>([])
        var settings = OrderBook.Settings()
        settings.meters.refused = { code in told.withLock { $0.append(code) } }
        let book = try OrderBook.inMemory(workflows: [mugShop], settings: settings)
        let sends = (1...3).map { _ in (verb: Send([NewMessage(to: "nowhere", body: [1])]), end: Interval?.none) }
        let (replies, handed) = AsyncStream.makeStream(of: Int.self)
        book.engine.submit(Burst(sends, of: "shop")) { handed.yield($0.count) }
        #expect(await replies.first { _ in true } == 3)
        #expect(refusals(book) == ["unknown_topic writer": 3])
        _ = await book.engine.submit(OfBroker(AcknowledgeMany(["x", "y"], by: "desk")))
        #expect(refusals(book) == ["unknown_topic writer": 3, "stale_receipt writer": 2])
        #expect(told.withLock { $0.count } == 5)
        await book.close()
    }

    @Test func `and the last that were refused are told, the newest first, however many there are`() async throws {
        let book = try await phones()
        for number in 2...4 { _ = await book.answer(to: phone(OrderID("o-\(number)"))) }
        _ = await book.answer(to: OrderCommand("fly", of: "o-1"))
        let seen = book.recentRefusals(limit: 3)
        #expect(seen.map(\.order) == ["o-1", "o-4", "o-3"] && seen.map(\.isAtDoor) == [false, true, true])
        #expect(seen.last?.message.contains("phone") == true && seen.last?.at == book.now)
        #expect(seen.last?.caller == "web")
        #expect(book.recentRefusals(code: "unknown_command").map(\.order) == ["o-1"])
        for number in 0..<1_500 { _ = await book.answer(to: pay(OrderID("none-\(number)"))) }
        let all = book.recentRefusals(limit: 5_000)
        #expect(all.count == 1_000 && all.first?.order == "none-1499" && all.last?.order == "none-500")
    }
}
