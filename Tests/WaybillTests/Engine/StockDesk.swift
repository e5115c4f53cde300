import EngineFixtures
import Testing
import Waybill
import WaybillCore

@Suite struct `Stock` {
    private let berlin = StockKey(sku: "mug", location: "berlin")

    @Test func `is received, adjusted and counted by events of its own`() async throws {
        let book = try await mugBook(stock: 10)
        let adjusted = try await book.submit(StockCommand(.adjust(-3), of: mug, note: "broken"))
        #expect(adjusted.version == 2)
        #expect(adjusted.level.free == 7)
        let counted = try await book.submit(StockCommand(.count(9, expected: 7), of: mug))
        #expect(counted.version == 3)
        #expect(counted.level.adjusted == -1)
        let agreed = try await book.submit(StockCommand(.count(9, expected: nil), of: mug))
        #expect(agreed.version == 3, "a count that agrees changes nothing")
        let elsewhere = try await book.submit(StockCommand(.receive(4), of: berlin))
        #expect(elsewhere.version == 1)
        #expect(elsewhere.level.free == 4)
        #expect(try await book.stock(mug)?.free == 9)
        #expect(try await book.stock(StockKey(sku: "none")) == nil)
    }

    @Test func `cannot be lost or counted away below what is reserved and sold`() async throws {
        let book = try await mugBook(stock: 5)
        try await book.submit(place("o-1", qty: 3))
        let lost = await book.answer(to: StockCommand(.adjust(-3), of: mug))
        #expect(throws: Refusal.self) { try lost.get() }
        try await book.submit(StockCommand(.count(0, expected: 2), of: mug))
        #expect(try await book.stock(mug)?.free == 0)
        try await book.submit(OrderCommand("cancel", of: "o-1"))
        #expect(try await book.stock(mug)?.free == 3)
        #expect(try await book.stock(mug)?.adjusted == -2)
    }

    @Test func `is not sold twice, however many ask at once`() async throws {
        let book = try OrderBook.inMemory(workflows: [mugShop])
        try await book.submit(StockCommand(.receive(17), of: mug))
        let codes = await withTaskGroup(of: String.self) { group in
            for number in 0..<60 { group.addTask { await book.answer(to: place(OrderID("o-\(number)"))).code } }
            return await group.reduce(into: [String]()) { $0.append($1) }
        }
        #expect(codes.count { $0 == "accepted" } == 17)
        #expect(codes.count { $0 == "insufficient_stock" } == 43)
        #expect(try await book.stock(mug)?.free == 0)
        await book.close()
    }

    @Test func `given back and taken again in one step counts once`() async throws {
        let swap = WorkflowText(
            """
            id: swap
            version: 1
            commands: {place: {data: {qty: count}}, change: {data: {qty: count}}, drop: {}}
            context: {qty: count}
            initial: open
            entry: [{reserve: {sku: "'mug'", qty: qty}}]
            states:
              open:
                on:
                  change: {actions: [{release: held}, {reserve: {sku: "'mug'", qty: event.qty}}]}
                  drop: {target: gone, actions: [{release: held}]}
              gone: {type: final}
            """)
        let book = try OrderBook.inMemory(workflows: [swap], world: .virtual(VirtualClock(start: noon)))
        try await book.submit(StockCommand(.receive(10), of: mug))
        func change(_ quantity: Int64) async -> Answer {
            await book.answer(to: OrderCommand("change", of: "o-1", data: ["qty": .int(quantity)]))
        }
        try await book.submit(OrderCommand("place", of: "o-1", data: ["qty": 8], workflow: "swap"))
        #expect(await change(10).isAccepted, "two were free, eight come back in the same step")
        #expect(await change(11) == .refused(.insufficientStock("mug", "", asked: 11, free: 10)))
        #expect(try await book.stock(mug)?.reserved == 10)
        try await book.submit(StockCommand(.receive(.max - 10), of: mug))
        #expect(await change(.max).isAccepted)
        try await book.submit(StockCommand(.adjust(.max), of: mug))
        // More comes back than 64 bits can count: a refusal, and no trap.
        #expect(!(await change(1)).isAccepted)
        #expect(try await book.stock(mug)?.reserved == .max)
    }

    @Test func `of a limit is made on first use, by an event before the order's`() async throws {
        let club = WorkflowText(
            """
            id: club
            version: 1
            commands: {join: {data: {buyer: text, seats: count}}, leave: {}}
            context: {buyer: text, seats: count}
            initial: in
            entry: [{reserve: {sku: "'limit:' || buyer", qty: seats, of: 2}}]
            states: {in: {on: {leave: {target: out, actions: [{release: held}]}}}, out: {type: final}}
            """)
        let book = try OrderBook.inMemory(workflows: [club], world: .virtual(VirtualClock(start: noon)))
        func join(_ id: OrderID, _ seats: Int64) async -> Answer {
            await book.answer(
                to: OrderCommand("join", of: id, data: ["buyer": "ann", "seats": .int(seats)], workflow: "club"))
        }
        let limit = StockKey(sku: "limit:ann")
        #expect(await join("o-1", 3) == .refused(.insufficientStock("limit:ann", "", asked: 3, free: 2)))
        #expect(try await book.stock(limit) == nil, "a refusal makes nothing")
        #expect(await join("o-1", 1).isAccepted)
        #expect(await join("o-2", 2) == .refused(.insufficientStock("limit:ann", "", asked: 2, free: 1)))
        #expect(await join("o-2", 1).isAccepted)
        #expect(await join("o-3", 1).code == "insufficient_stock")
        try await book.submit(OrderCommand("leave", of: "o-1"))
        #expect(await join("o-3", 1).isAccepted)
        #expect(try await book.stock(limit)?.received == 2)
        #expect(try await book.history(of: "o-1")?.first?.position == Position(2), "the limit's own event comes first")
    }
}
