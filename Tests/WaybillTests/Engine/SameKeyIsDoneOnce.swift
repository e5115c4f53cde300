import EngineFixtures
import Testing
import Waybill
import WaybillCore

@Suite struct `The same key` {
    @Test func `sent by many at once is done once, and all are answered the same`() async throws {
        let book = try OrderBook.inMemory(workflows: [mugShop])
        try await book.submit(StockCommand(.receive(10), of: mug))
        let receipts = try await withThrowingTaskGroup(of: Receipt.self) { group in
            for _ in 0..<64 { group.addTask { try await book.submit(place("o-1", key: "k")) } }
            return try await group.reduce(into: [Receipt]()) { $0.append($1) }
        }
        #expect(receipts.count { !$0.isRepeat } == 1)
        #expect(Set(receipts.map(\.version)) == [1])
        #expect(try await book.stock(mug)?.reserved == 1)
        #expect(try await book.history(of: "o-1")?.count == 1)
        await book.close()
    }

    @Test func `is answered with the event of the first time, for orders and for stock`() async throws {
        let book = try OrderBook.inMemory(workflows: [mugShop], world: .virtual(VirtualClock(start: noon)))
        let delivery = StockCommand(.receive(2), of: mug, key: "delivery")
        let received = try await book.submit(delivery)
        let placed = try await book.submit(place("o-1", key: "cart"))
        let paid = try await book.submit(pay("o-1"))
        #expect([received.position, placed.position, paid.position] == [Position(1), Position(2), Position(3)])
        #expect(try await book.history(of: "o-1")?.map(\.position) == [placed.position, paid.position])
        let counted = StockCommand(.count(1, expected: 1), of: mug, key: "count")
        #expect(try await book.submit(counted).position == nil, "it agrees with the book, and is no event")

        try await book.submit(place("o-2"))
        #expect(try await book.submit(delivery).position == received.position)
        #expect(try await book.submit(place("o-1", key: "cart")).position == placed.position)
        #expect(try await book.submit(pay("o-1")).position == paid.position, "by the order's own key")
        #expect(try await book.submit(counted).position == nil)
        let moved = try await book.extendTimeout("unpaid.after.30m", of: "o-2", by: .minutes(1), key: "later")
        #expect(moved.position == Position(5))
        let again = try await book.extendTimeout("unpaid.after.30m", of: "o-2", by: .minutes(1), key: "later")
        #expect(again.isRepeat && again.position == moved.position)
    }

    @Test func `by different callers, or of different orders at once, are different requests`() async throws {
        let book = try OrderBook.inMemory(workflows: [mugShop])
        try await book.submit(StockCommand(.receive(100), of: mug))
        let receipts = try await withThrowingTaskGroup(of: Receipt.self) { group in
            for number in 0..<40 {
                group.addTask {
                    var command = place(OrderID("o-\(number / 2)"), key: "k")
                    command.caller = "caller \(number / 2)"
                    return try await book.submit(command)
                }
            }
            return try await group.reduce(into: [Receipt]()) { $0.append($1) }
        }
        #expect(receipts.count { !$0.isRepeat } == 20)
        #expect(try await book.stock(mug)?.reserved == 20)
        await book.close()
    }

    @Test func `is known after a restart, for orders, stock and refusals`() async throws {
        let file = try ShopFile()
        let before = try file.open()
        try await before.submit(StockCommand(.receive(2), of: mug, key: "delivery"))
        try await before.submit(place("o-1", key: "cart"))
        try await before.submit(pay("o-1"))
        var cancel = OrderCommand("cancel", of: "o-1", key: "regret")
        let refused = await before.answer(to: cancel)
        #expect(refused.code == "not_possible")
        await before.close()

        let after = try file.open(VirtualClock(start: noon.advanced(by: .hours(23))))
        let delivery = try await after.submit(StockCommand(.receive(2), of: mug, key: "delivery"))
        #expect(delivery.isRepeat)
        #expect(try await after.stock(mug)?.received == 2)
        let cart = try await after.submit(place("o-1", key: "cart"))
        #expect(cart.isRepeat)
        #expect(cart.version == 1)
        #expect(cart.status == "paid", "the status is that of now")
        #expect(try await after.submit(pay("o-1")).isRepeat, "by the order's own key")
        let again = await after.answer(to: cancel)
        guard case .refused(.remembered("not_possible", _, _)) = again else {
            Issue.record("a refusal is an answer too, and stays the answer; not \(again)")
            return
        }
        guard case .refused(let first) = refused, case .refused(let repeated) = again else { return }
        #expect(repeated.message == first.message)
        #expect(repeated.values == first.values)
        #expect(repeated.values["status"] == .text("paid"))
        cancel.expectedVersion = 2
        #expect(await after.answer(to: cancel) == .refused(.keyReused(key: "regret")))
        await after.close()
    }

    @Test func `is forgotten after a day, and its order's natural keys are not`() async throws {
        let book = try await mugBook()
        try await book.submit(place("o-1", key: "k"))
        try await book.submit(pay("o-1"))
        book.advance(by: .hours(40))
        #expect(await book.answer(to: place("o-1", key: "k")) == .refused(.orderExists("o-1")))
        #expect(try await book.submit(pay("o-1")).isRepeat)
    }
}

@Suite struct `An expected version` {
    @Test func `lets one of many win`() async throws {
        let book = try OrderBook.inMemory(workflows: [mugShop])
        try await book.submit(StockCommand(.receive(10), of: mug))
        try await book.submit(place("o-1"))
        let answers = await withTaskGroup(of: Answer.self) { group in
            for number in 0..<20 {
                group.addTask {
                    var command = number % 2 == 0 ? pay("o-1", "p-\(number)") : OrderCommand("cancel", of: "o-1")
                    command.expectedVersion = 1
                    return await book.answer(to: command)
                }
            }
            return await group.reduce(into: [Answer]()) { $0.append($1) }
        }
        #expect(answers.count { $0.isAccepted } == 1)
        #expect(answers.count { $0 == .refused(.versionConflict(expected: 1, actual: 2)) } == 19)
        await book.close()
    }

    @Test func `of 0 means that the order must not exist`() async throws {
        let book = try await mugBook()
        var command = place("o-1")
        command.expectedVersion = 0
        #expect(try await book.submit(command).version == 1)
        var other = pay("o-1")
        other.expectedVersion = 0
        #expect(await book.answer(to: other) == .refused(.versionConflict(expected: 0, actual: 1)))
    }
}

@Suite struct `Refusals of an order` {
    @Test func `are kept, the last twenty, the newest first`() async throws {
        let book = try await mugBook()
        try await book.submit(place("o-1"))
        for cents in 1...25 { await book.answer(to: pay("o-1", "p-\(cents)", cents: Int64(cents))) }
        let refusals = try await book.refusals(of: "o-1")
        #expect(refusals.count == 20)
        #expect(refusals.allSatisfy { $0.command == "pay" && $0.code == "not_possible" && $0.at == noon })
        #expect(try await book.history(of: "o-1")?.count == 1, "a refusal is no event")
    }

    @Test func `that never came to be are found by its id`() async throws {
        let book = try await mugBook(stock: 1)
        await book.answer(to: place("o-7", qty: 5))
        await book.answer(to: pay("o-8"))
        #expect(try await book.refusals(of: "o-7").map(\.code) == ["insufficient_stock"])
        #expect(try await book.refusals(of: "o-8").map(\.code) == ["unknown_order"])
    }
}
