import EngineFixtures
import Foundation
import Synchronization
import Testing
import Waybill
import WaybillCore
import WaybillEngine
import WaybillStore
import WaybillTimeouts

/// A reservation that would be short while something is overdue lets it fire first.
@Suite struct `With 3,000 expired reservations` {
    private static let count = 3_000

    /// A file in which every mug is reserved, by orders that have expired when it is opened again.
    private func file() throws -> ShopFile {
        let file = try ShopFile()
        let book = try file.open()
        _ = try book.engine.receive(Int64(Self.count), of: mug).get()
        for first in stride(from: 0, to: Self.count, by: 1_000) {
            let answers = book.engine.answers((first..<first + 1_000).map { place(OrderID("o-\($0)")) })
            #expect(answers.filter { !$0.isAccepted } == [])
        }
        #expect(try book.stock(mug)?.free == 0)
        book.close()
        return file
    }

    private func later() -> VirtualClock { VirtualClock(start: noon.advanced(by: .minutes(45))) }

    @Test func `the first order after a stop finds its unit`() async throws {
        let book = try file().open(later())
        try await book.submit(place("new"))
        #expect(try await book.order("new")?.status == "awaiting payment")
        await book.close()
    }

    @Test func `an order for all of them keeps its place until nothing is overdue, and others do not wait`() throws {
        let book = try file().open(later())
        let writes = book.engine.writeCount
        let all = OrderCommand(
            "place", of: "all", data: ["buyer": "ann", "qty": .int(Int64(Self.count)), "price_cents": 1_200],
            workflow: "mug-shop")
        let cancel = OrderCommand("cancel", of: "all")
        let answers = book.engine.answers([all, cancel, place("one-too-many"), pay("o-7")])
        // What comes after it about the same order waits with it; its cancel gives a unit to the next.
        #expect(answers.map(\.code) == ["accepted", "accepted", "accepted", "not_possible"])
        #expect(book.engine.writeCount - writes == 3, "1,024 fire in a write")
        let end = try #require(try book.history(of: "all")).map(\.type)
        #expect(end == ["place", "cancel"])
        book.close()
    }

    @Test func `an order for one more than there is is told so when all have fired`() throws {
        let book = try file().open(later())
        let data: JSON = ["buyer": "ann", "qty": .int(Int64(Self.count) + 1), "price_cents": 1_200]
        let answers = book.engine.answers([OrderCommand("place", of: "new", data: data, workflow: "mug-shop")])
        #expect(answers == [.refused(.insufficientStock("mug", "", asked: 3_001, free: 3_000))])
        #expect(try book.order("o-2999")?.status == "closed")
        book.close()
    }

    @Test func `no order of many at once is told that there is nothing, with a writer of its own`() async throws {
        let file = try file()
        let clock = ShopClock(noon.advanced(by: .minutes(45)))
        let book = try OrderBook.open(file.path, workflows: [mugShop], world: clock.world)
        let answers = await withTaskGroup(of: Answer.self) { group in
            for number in 0..<Self.count {
                group.addTask { await book.answer(to: place(OrderID("new-\(number)"))) }
            }
            return await group.reduce(into: [Answer]()) { $0.append($1) }
        }
        #expect(answers.filter { !$0.isAccepted } == [])
        let tooMany = await book.answer(to: place("one-too-many"))
        #expect(tooMany == .refused(.insufficientStock("mug", "", asked: 1, free: 0)))
        await book.close()
    }

    /// Only those in the line were counted, so that a monitor saw no one wait while an order stood for many writes.
    @Test func `vitals count an order that keeps its place among those that wait`() async throws {
        let file = try file()
        let clock = ShopClock(noon.advanced(by: .minutes(45)))
        let seen = Mutex<[(waiting: Int, oldest: Interval?)]>([])
        let opened = Mutex<OrderBook?>(nil)
        // The writer waits until the order is in the line: else it fires what is overdue before that.
        let isInLine = DispatchSemaphore(value: 0)
        let (stops, stopping) = AsyncStream.makeStream(of: Void.self)
        // Each look at the clock by the writer is a moment of a write.
        let world = World(
            now: {
                if Thread.current.name == "waybill-writer", let book = opened.withLock({ $0 }) {
                    stopping.yield()
                    isInLine.wait()
                    isInLine.signal()
                    clock.pass(Interval(milliseconds: 1))
                    let vitals = book.vitals
                    seen.withLock { $0.append((vitals.waitingRequests, vitals.oldestWait)) }
                }
                return clock.world.now()
            }, uptime: clock.world.uptime, random: clock.world.random)
        let book = try OrderBook.open(file.path, workflows: [mugShop], world: world)
        opened.withLock { $0 = book }
        let data: JSON = ["buyer": "ann", "qty": .int(Int64(Self.count)), "price_cents": 1_200]
        let all = OrderCommand("place", of: "all", data: data, workflow: "mug-shop")
        for await _ in stops { break }
        async let placed = book.submit(all)
        while book.vitals.waitingRequests == 0 { await Task.yield() }
        isInLine.signal()
        _ = try await placed
        // One may have seen it in the line, before any write.
        let waited = seen.withLock { $0 }.filter { $0.waiting == 1 }
        #expect(waited.count >= 2 && waited.contains { $0.oldest ?? .seconds(0) > .seconds(0) })
        #expect(book.vitals.waitingRequests == 0 && book.vitals.oldestWait == nil)
        opened.withLock { $0 = nil }
        await book.close()
    }

    @Test func `a command with rows of the caller's waits for them too`() async throws {
        let book = try file().open(later())
        let data: JSON = ["buyer": "ann", "qty": .int(Int64(Self.count)), "price_cents": 1_200]
        let command = OrderCommand("place", of: "all", data: data, workflow: "mug-shop")
        let (receipt, rows) = try await book.transact(command) { _ in 7 }
        #expect(receipt.version == 1)
        #expect(rows == 7)
        await book.close()
    }

    @Test func `a damaged one is put off, and not the order that fires it`() async throws {
        let file = try file()
        let store = try Store.open(file.path)
        try store.write { transaction in
            var row = try #require(try transaction.order(id: "o-1500"))
            row.state = Array("{".utf8)
            try transaction.update(row)
        }
        store.close()
        let book = try file.open(later())
        let data: JSON = ["buyer": "ann", "qty": .int(Int64(Self.count) - 1), "price_cents": 1_200]
        try await book.submit(OrderCommand("place", of: "all", data: data, workflow: "mug-shop"))
        let retries = try book.engine.store.read { try $0.timeoutRetries(.order, after: nil, limit: 9) }
        #expect(retries.count == 1)
        await book.close()
    }

    @Test func `the door lets orders in while one of them is overdue`() async throws {
        let clock = VirtualClock(start: noon)
        let book = try OrderBook.inMemory(world: .virtual(clock))
        let phone = StockKey(sku: "phone", location: "hall")
        try await book.submit(StockCommand(.receive(1), of: phone))
        func place(_ id: OrderID) -> OrderCommand {
            let data: JSON = [
                "buyer": .text(id.text.string), "sku": "phone", "at": "hall", "price_cents": 49_900, "limit": 5,
            ]
            return OrderCommand("place", of: id, data: data, workflow: "flash-sale", role: "shop")
        }
        try await book.submit(place("o-1"))
        #expect(await book.answer(to: place("o-2")).code == "insufficient_stock")
        let writes = book.engine.writeCount
        #expect(await book.answer(to: place("o-3")).code == "insufficient_stock")
        #expect(book.engine.writeCount == writes, "at the door")
        // Time passes while no write has fired what is due.
        clock.move(to: noon.advanced(by: .minutes(20)))
        try await book.submit(place("o-4"))
    }
}

@Suite struct `An order that fires a thousand timeouts at one moment` {
    private let start = OrderCommand(
        "start", of: "m", data: ["at": .int(noon.milliseconds - 1)], workflow: "mill")

    private func isParked(_ book: OrderBook) throws {
        #expect(try book.history(of: "m", after: 1_000)?.count == 1, "placed, and a thousand times fired")
        let retries = try book.engine.store.read { try $0.timeoutRetries(.order, after: nil, limit: 9) }
        #expect(retries.map(\.retryAt) == [nil])
        let shown = try #require(try book.refusals(of: "m").first)
        #expect(shown.command == "$timeout")
        #expect(shown.message == "the limit of 1000 timeouts of an order that fire at one moment is reached")
    }

    @Test func `has the next one parked and shown, and goes on with commands`() async throws {
        let book = try OrderBook.inMemory(workflows: [mill, mugShop], world: .virtual(VirtualClock(start: noon)))
        _ = await book.answer(to: start)
        try isParked(book)
        try await book.submit(StockCommand(.receive(1), of: mug))
        try await book.submit(place("o-1"))
        book.advance(by: .hours(1))
        #expect(try await book.order("o-1")?.status == "closed", "others fire as ever")
        try isParked(book)
        try await book.submit(OrderCommand("halt", of: "m"))
        #expect(try book.engine.store.read { try $0.timeoutRetries(.order, after: nil, limit: 9) } == [])
    }

    @Test func `has it parked also while the clock goes on`() async throws {
        let clock = ShopClock()
        let book = try OrderBook.inMemory(workflows: [mill], world: clock.world)
        _ = await book.answer(to: start)
        for _ in 0..<1_200 {
            clock.pass(Interval(milliseconds: 3))
            book.engine.writeWithoutRequests()
        }
        try isParked(book)
        await book.close()
    }
}
