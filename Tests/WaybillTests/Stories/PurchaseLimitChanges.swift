import EngineFixtures
import Testing
import Waybill
import WaybillCore

/// What one buyer may have follows the orders: the last one that was accepted says how many.
@Suite struct `A purchase limit` {
    private static let club = WorkflowText(
        """
        id: club
        version: 1
        commands: {join: {data: {buyer: text, seats: count, limit: count}}, swap: {data: {limit: count}}, leave: {}}
        context: {buyer: text, seats: count, limit: count}
        initial: in
        entry: [{reserve: {sku: "'seats'", at: buyer, qty: seats, of: limit}}]
        states:
          in:
            on:
              swap: {actions: [{release: held}, {reserve: {sku: "'seats'", at: buyer, qty: 1, of: event.limit}}]}
              leave: {target: out, actions: [{release: held}]}
          out: {type: final}
        """)
    private let seats = StockKey(sku: "seats", location: "ann")
    private let book: OrderBook

    init() throws {
        let clock = VirtualClock(start: OrderBook.Moment(milliseconds: 1_700_000_000_000))
        book = try OrderBook.inMemory(workflows: [Self.club], world: .virtual(clock))
    }

    private func join(_ id: OrderID, _ count: Int64, of limit: Int64) async -> Answer {
        let data: OrderBook.JSON = ["buyer": "ann", "seats": .int(count), "limit": .int(limit)]
        return await book.answer(to: OrderCommand("join", of: id, data: data, workflow: "club"))
    }

    /// Free, reserved, the limit; and all of the file holds.
    private func level() async throws -> [Int64?] {
        let level = try #require(try await book.stock(seats))
        #expect(level.isBalanced)
        return [level.free, level.reserved, level.purchaseLimit]
    }

    @Test func `takes effect for those who have bought already, when it is raised`() async throws {
        #expect(await join("o-1", 2, of: 2).isAccepted)
        #expect(
            await join("o-2", 1, of: 2)
                == .refused(.insufficientStock("seats", "ann", asked: 1, free: 0, .init(.limit(2)))))
        #expect(await join("o-2", 2, of: 5).isAccepted)
        #expect(try await level() == [1, 4, 5])
        #expect(
            await join("o-3", 2, of: 5)
                == .refused(.insufficientStock("seats", "ann", asked: 2, free: 1, .init(.limit(5)))))
    }

    @Test func `takes effect for those who have bought already, when it is lowered`() async throws {
        #expect(await join("o-1", 1, of: 5).isAccepted)
        #expect(
            await join("o-2", 2, of: 2)
                == .refused(.insufficientStock("seats", "ann", asked: 2, free: 1, .init(.limit(2)))))
        #expect(try await level() == [4, 1, 5], "a refusal changes nothing")
        #expect(await join("o-2", 1, of: 2).isAccepted)
        #expect(try await level() == [0, 2, 2])
        // Ann has more than the limit of now: none is free, and not fewer than none.
        #expect(
            await join("o-3", 1, of: 1)
                == .refused(.insufficientStock("seats", "ann", asked: 1, free: 0, .init(.limit(1)))))
        #expect(
            await join("o-3", 1, of: 0)
                == .refused(.insufficientStock("seats", "ann", asked: 1, free: 0, .init(.limit(0)))))
    }

    @Test func `of an order that gives back and takes again is that of the step`() async throws {
        #expect(await join("o-1", 3, of: 3).isAccepted)
        let swap = OrderCommand("swap", of: "o-1", data: ["limit": 1])
        #expect(await book.answer(to: swap).isAccepted)
        #expect(try await level() == [0, 1, 1])
    }

    @Test func `keeps what a person has given one buyer`() async throws {
        #expect(await join("o-1", 2, of: 2).isAccepted)
        try await book.submit(StockCommand(.adjust(1), of: seats, note: "for Ann"))
        #expect(await join("o-2", 1, of: 2).isAccepted)
        #expect(
            await join("o-3", 2, of: 3)
                == .refused(.insufficientStock("seats", "ann", asked: 2, free: 1, .init(.limit(3)))))
        #expect(await join("o-3", 1, of: 3).isAccepted)
        #expect(try await level() == [0, 4, 3])
    }

    @Test func `says nothing of stock that a person has made`() async throws {
        try await book.submit(StockCommand(.receive(4), of: seats))
        #expect(await join("o-1", 3, of: 1).isAccepted)
        #expect(try await level() == [1, 3, nil])
    }

    @Test func `is changed by an event of its own, before the order when it rises, after it when it falls`()
        async throws
    {
        #expect(await join("o-1", 1, of: 1).isAccepted)
        #expect(await join("o-2", 1, of: 3).isAccepted)
        #expect(await join("o-3", 1, of: 3).isAccepted)
        try await book.submit(OrderCommand("leave", of: "o-1"))
        try await book.submit(OrderCommand("leave", of: "o-2"))
        #expect(await join("o-4", 1, of: 2).isAccepted)
        let events = try book.engine.history(of: seats) ?? []
        #expect(events.map { $0.event.type } == ["$open", "$limit", "$limit"])
        #expect(events.map { $0.body.movement.quantity } == [1, 2, -1])
        let raised = try #require(try await book.history(of: "o-2")?.first?.position)
        let lowered = try #require(try await book.history(of: "o-4")?.first?.position)
        #expect(events[1].event.position < raised && events[2].event.position > lowered)
        #expect(try await level() == [0, 2, 2])
    }

    @Test func `of any size is a limit that can be counted on`() async throws {
        for (number, limit) in [Int64.max, 1, .max, 1 << 60, 0].enumerated() {
            let isAccepted = await join(OrderID("o-\(number)"), limit == 0 ? 0 : 1, of: limit).isAccepted
            #expect(isAccepted == (number != 1))
        }
        #expect(try await level().last == 1 << 53)
    }

    @Test func `is told from goods`() async throws {
        try await book.submit(StockCommand(.receive(4), of: StockKey(sku: "mug")))
        #expect(await join("o-1", 1, of: 2).isAccepted)
        func list(_ kind: StockFilter.Kind?) async throws -> [SKU] {
            try await book.stocks(StockFilter(kind: kind)).elements.map(\.key.sku)
        }
        #expect(try await list(nil) == ["mug", "seats"])
        #expect(try await list(.goods) == ["mug"])
        #expect(try await list(.limits) == ["seats"])
        let token = try #require(try await book.stocks(StockFilter(kind: .goods), limit: 1).next)
        await #expect(throws: ListFailure.self) { _ = try await book.stocks(StockFilter(), after: token) }
    }
}
