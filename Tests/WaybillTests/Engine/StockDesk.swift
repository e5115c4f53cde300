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
        #expect(
            await join("o-1", 3) == .refused(.insufficientStock("limit:ann", "", asked: 3, free: 2, .init(.limit(2)))))
        #expect(try await book.stock(limit) == nil, "a refusal makes nothing")
        #expect(await join("o-1", 1).isAccepted)
        #expect(
            await join("o-2", 2) == .refused(.insufficientStock("limit:ann", "", asked: 2, free: 1, .init(.limit(2)))))
        #expect(await join("o-2", 1).isAccepted)
        #expect(await join("o-3", 1).code == "insufficient_stock")
        try await book.submit(OrderCommand("leave", of: "o-1"))
        #expect(await join("o-3", 1).isAccepted)
        #expect(try await book.stock(limit)?.received == 2)
        #expect(try await book.history(of: "o-1")?.first?.position == Position(2), "the limit's own event comes first")
    }

    @Test func `that came in as goods is told as goods, also where an order gives it a limit`() async throws {
        let book = try OrderBook.inMemory()
        try await book.submit(StockCommand(.receive(9), of: StockKey(sku: "phone", location: "hall")))
        try await book.submit(StockCommand(.receive(1), of: StockKey(sku: "limit:phone", location: "ann")))
        func phone(_ id: OrderID) -> OrderCommand {
            let data: JSON = ["buyer": "ann", "sku": "phone", "at": "hall", "price_cents": 49_900, "limit": 5]
            return OrderCommand("place", of: id, data: data, workflow: "flash-sale", role: "shop")
        }
        try await book.submit(phone("o-1"))
        let answer = await book.answer(to: phone("o-2"))
        guard case .refused(.insufficientStock("limit:phone", "ann", asked: 1, free: 0, let shortage)) = answer else {
            Issue.record("\(answer)")
            return
        }
        #expect(shortage.kind == .stock)
        await book.close()
    }
}

@Suite struct `Stock that is named without a place` {
    private let book: OrderBook

    init() throws { book = try OrderBook.inMemory(workflows: [mugShop], world: .virtual(VirtualClock(start: noon))) }

    private func free(_ location: Location) async throws -> Int64? {
        try await book.stock(StockKey(sku: "mug", location: location))?.free
    }

    @Test func `is at no place when the SKU is new`() async throws {
        let receipt = try await book.submit(StockCommand(.receive(4), of: "mug"))
        #expect(receipt.stock == mug && receipt.level.free == 4)
        try await book.submit(StockCommand(.receive(9), of: StockKey(sku: "mug", location: "east")))
        // Where it has no name is a place like another, and the one that is meant.
        #expect(try await book.submit(StockCommand(.adjust(-1), of: "mug")).stock == mug)
        #expect(try await free("") == 3)
        #expect(try await free("east") == 9)
    }

    @Test func `is that at the only place, and no second one is opened`() async throws {
        try await book.submit(StockCommand(.receive(9), of: StockKey(sku: "mug", location: "east")))
        let received = try await book.submit(StockCommand(.receive(1), of: "mug"))
        #expect(received.stock.location == "east" && received.level.free == 10)
        #expect(try await book.submit(StockCommand(.adjust(-2), of: "mug")).level.free == 8)
        #expect(try await book.submit(StockCommand(.count(5, expected: 8), of: "mug")).level.free == 5)
        #expect(try await free("") == nil)
    }

    @Test func `is refused at several places, which are named`() async throws {
        for place in ["west", "east", "north", "south", "mid", "top"] as [Location] {
            try await book.submit(StockCommand(.receive(9), of: StockKey(sku: "mug", location: place)))
        }
        let refused = await book.answer(to: StockCommand(.receive(1), of: "mug"))
        guard case .failure(let refusal) = refused else {
            Issue.record("\(refused)")
            return
        }
        #expect(
            refusal.message == "mug: it lies at east, mid, north, south, top and others; name the place",
            "\(refusal.message)")
        #expect(try await free("") == nil)
        #expect(try await free("east") == 9)
    }

    @Test func `is not the same request as one that names the place without a name`() async throws {
        try await book.submit(StockCommand(.receive(9), of: StockKey(sku: "mug", location: "east")))
        try await book.submit(StockCommand(.receive(1), of: "mug", key: "r-1"))
        let other = await book.answer(to: StockCommand(.receive(1), of: StockKey(sku: "mug"), key: "r-1"))
        #expect(throws: Refusal.keyReused(key: "r-1")) { try other.get() }
        // Where the place has no name, either is the same request.
        try await book.submit(StockCommand(.receive(1), of: "cup", key: "r-2"))
        #expect(try await book.submit(StockCommand(.receive(1), of: StockKey(sku: "cup"), key: "r-2")).isRepeat)
        try await book.submit(StockCommand(.receive(1), of: StockKey(sku: "jug"), key: "r-3"))
        #expect(try await book.submit(StockCommand(.receive(1), of: "jug", key: "r-3")).isRepeat)
    }

    @Test func `answers a repeat for the place that it had, whatever places there are now`() async throws {
        let east = StockKey(sku: "mug", location: "east")
        try await book.submit(StockCommand(.receive(9), of: east))
        let first = try await book.submit(StockCommand(.receive(1), of: "mug", key: "r-1"))
        try await book.submit(StockCommand(.receive(9), of: StockKey(sku: "mug", location: "west")))
        let again = try await book.submit(StockCommand(.receive(1), of: "mug", key: "r-1"))
        #expect(again.isRepeat && again.stock == east && again.position == first.position && again.level.free == 10)
        #expect(try await free("west") == 9)
        #expect(try await free("") == nil)
    }
}

@Suite struct `Stock that is moved` {
    private let east = StockKey(sku: "mug", location: "east")
    private let west = StockKey(sku: "mug", location: "west")
    private let book: OrderBook

    init() async throws {
        book = try OrderBook.inMemory(workflows: [mugShop], world: .virtual(VirtualClock(start: noon)))
        try await book.submit(StockCommand(.receive(9), of: east))
    }

    private func free() async throws -> [Int64?] {
        var free: [Int64?] = []
        for key in [east, west] {
            let level = try await book.stock(key)
            #expect(level?.isBalanced ?? true)
            free.append(level?.free)
        }
        return free
    }

    @Test func `leaves one place and is at the other in one write, each with its own event`() async throws {
        let moved = StockCommand(.move(4, to: "west"), of: east, key: "m-1", caller: "eva", note: "van 2")
        let receipt = try await book.submit(moved)
        #expect(receipt.stock == east && receipt.level.free == 5 && receipt.level.adjusted == -4)
        #expect(try await free() == [5, 4])
        let (left, came) = (try book.engine.history(of: east)?.last, try book.engine.history(of: west)?.last)
        #expect(left?.event.type == "$move" && came?.event.type == "$move")
        #expect(left?.body.movement.quantity == -4 && left?.body.otherPlace == "west" && left?.body.note == "van 2")
        #expect(came?.body.movement.quantity == 4 && came?.body.otherPlace == "east" && came?.event.caller == "eva")
        #expect(receipt.position == left?.event.position)
        let again = try await book.submit(moved)
        #expect(again.isRepeat && again.position == receipt.position)
        #expect(try await free() == [5, 4])
        let other = StockCommand(.move(4, to: "north"), of: east, key: "m-1", caller: "eva")
        #expect(await book.answer(to: other) == .failure(.keyReused(key: "m-1")))
    }

    @Test func `takes only what is free, and from its only place when none is named`() async throws {
        try await book.submit(StockCommand(.move(9, to: "west"), of: "mug"))
        #expect(try await free() == [0, 9])
    }

    @Test(
        arguments: [
            (10, "west", "10 cannot leave, 9 are free"), (0, "west", "a move of 0; it must be 1 or more"),
            (.min, "west", "a move of \(Int64.min); it must be 1 or more"),
            (.max, "west", "\(Int64.max) cannot leave, 9 are free"),
            (1, "east", "it lies there already; name another place"),
        ] as [(Int64, Location, String)])
    func `is refused with what is there`(quantity: Int64, place: Location, problem: String) async throws {
        let answer = await book.answer(to: StockCommand(.move(quantity, to: place), of: east))
        #expect(answer == .failure(.stockConflict("mug", "east", problem: problem)))
        #expect(try await free() == [9, nil])
    }

    @Test func `is refused to a place with a name that is too long`() async throws {
        let far = Location(String(repeating: "x", count: 1_000))
        let answer = await book.answer(to: StockCommand(.move(1, to: far), of: east))
        #expect(throws: Refusal.self) { try answer.get() }
        #expect(try await free() == [9, nil])
    }
}
