import EngineFixtures
import Synchronization
import Testing
import Waybill

@Suite(.timeLimit(.minutes(2))) struct `The meters of an order book` {
    /// What they were told.
    private final class Told: Sendable {
        private let state = Mutex((writes: [(nanoseconds: UInt64, requests: Int)](), words: [String]()))

        var writes: [(nanoseconds: UInt64, requests: Int)] { state.withLock { $0.writes } }
        var words: [String] { state.withLock { $0.words } }

        var meters: OrderBook.Meters {
            var meters = OrderBook.Meters()
            meters.wrote = { nanoseconds, requests in self.state.withLock { $0.writes.append((nanoseconds, requests)) }
            }
            meters.refused = { code in self.state.withLock { $0.words.append("refused \(code)") } }
            meters.delivered = { group, count in self.state.withLock { $0.words.append("\(group) got \(count)") } }
            meters.fired = { late in self.state.withLock { $0.words.append("fired \(late.milliseconds) ms late") } }
            return meters
        }
    }

    @Test func `are told of each write, refusal, delivery and timeout`() async throws {
        let told = Told()
        var settings = OrderBook.Settings()
        settings.meters = told.meters
        let clock = VirtualClock(start: noon)
        let book = try OrderBook.inMemory(workflows: [mugShop], world: .virtual(clock), settings: settings)
        try await book.submit(StockCommand(.receive(1), of: mug))
        try await book.submit(place("o-1"))
        let after = told.writes.count
        #expect(after >= 2 && told.writes.allSatisfy { $0.requests == 1 } && told.words.isEmpty)
        await #expect(throws: Refusal.self) { try await book.submit(place("o-1")) }
        await #expect(throws: MessageRefusal.self) { try await book.messages.deleteTopic("none") }
        #expect(told.words == ["refused order_exists", "refused unknown_topic"])
        try await book.messages.createTopic("news")
        try await book.messages.createGroup("desk")
        try await book.messages.send([NewMessage(to: "news", body: [1]), NewMessage(to: "news", body: [2])])
        #expect(try await book.messages.receive("desk", Subscription("news")).count == 2)
        #expect(try await book.messages.receive("desk", Subscription("news")).isEmpty)
        #expect(told.words.last == "desk got 2")
        book.advance(by: .days(1))
        #expect(told.words.last == "fired 0 ms late")
        await book.close()
    }

    @Test func `are told in nanoseconds how long a write took, and how many requests shared it`() async throws {
        let told = Told()
        var settings = OrderBook.Settings()
        settings.meters = told.meters
        let file = try ShopFile()
        let book = try OrderBook.open(file.path, workflows: [mugShop], settings: settings)
        try await book.submit(StockCommand(.receive(100), of: mug))
        await withTaskGroup(of: Void.self) { group in
            for number in 1...50 { group.addTask { _ = await book.answer(to: place(OrderID("o-\(number)"))) } }
        }
        let writes = told.writes
        // Upkeep writes too, each time as one request.
        let upkeep = writes.reduce(0) { $0 + $1.requests } - 51
        #expect((0..<writes.count).contains(upkeep), "\(writes)")
        #expect(writes.allSatisfy { $0.nanoseconds > 0 })
        #expect(writes.contains { !$0.nanoseconds.isMultiple(of: 1_000_000) }, "they are not whole milliseconds")
        #expect(book.vitals.writes == UInt64(writes.count))
        await book.close()
    }

    @Test func `count modules as consumers`() async throws {
        let told = Told()
        var settings = OrderBook.Settings()
        settings.meters = told.meters
        let book = try OrderBook.inMemory(
            workflows: [], world: .virtual(VirtualClock(start: noon)), settings: settings)
        try await book.messages.createTopic("news")
        try await book.install(HandlerModule("visits", [Subscription("news")]) { _, _, _ in })
        try await book.messages.send(NewMessage(to: "news", body: [1]))
        #expect(try await book.runModules() == 1)
        #expect(told.words == ["visits got 1"])
        await book.close()
    }
}
