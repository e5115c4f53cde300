import Foundation
import Synchronization
import Testing
import Waybill
import WaybillCore
import WaybillEngine
import WaybillTimeouts

/// Reads wait for a free connection while others read or a checkpoint goes on; everything else of the process goes on.
@Suite(.timeLimit(.minutes(2))) struct `A read that has to wait` {
    /// Takes every reading connection of a book until it is told to give them back, or has waited too long.
    private final class Crowd: Sendable {
        private let ends: [TimedSignal]
        private let hasRoom = Mutex(true)

        init(in book: OrderBook) async {
            ends = (0..<book.engine.store.readerCount).map { _ in TimedSignal() }
            let (entered, entering) = AsyncStream.makeStream(of: Void.self)
            for end in ends {
                let thread = Thread { [self] in
                    try? book.engine.store.read { _ in
                        entering.yield()
                        if !end.wait(atMost: .seconds(20)) { hasRoom.withLock { $0 = false } }
                    }
                }
                thread.start()
            }
            var inside = entered.makeAsyncIterator()
            for _ in ends { await inside.next() }
        }

        /// Lets the reads go on; false: they have gone on before, as no one came to say so.
        func leave() -> Bool {
            for end in ends { end.signal() }
            return hasRoom.withLock { $0 }
        }
    }

    /// More reads than any machine has threads in Swift's pool.
    private static let reads = 4 * max(16, ProcessInfo.processInfo.activeProcessorCount)

    @Test func `keeps no order, no message and no look at the vitals waiting`() async throws {
        let file = try ShopFile()
        let book = try OrderBook.open(file.path, workflows: [mugShop])
        try await book.submit(StockCommand(.receive(9), of: mug))
        try await book.submit(place("o-1"))
        try await book.messages.createGroup("desk")
        let crowd = await Crowd(in: book)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<Self.reads {
                group.addTask {
                    switch number % 4 {
                    case 0: try await book.order("o-1") != nil
                    case 1: try await book.history(of: "o-1")?.isEmpty == false
                    case 2: try await book.messages.find(key: "o-1").isEmpty
                    default: try await book.messages.receive("desk", Subscription("orders")).isEmpty
                    }
                }
            }
            // Each thread of the engine waits in a read, and the others wait for a thread.
            while book.engine.threads.waitingCount < Self.reads / 2 { await Task.yield() }
            try await book.submit(place("o-2"))
            try await book.messages.send(NewMessage(to: "orders", body: [1]))
            #expect(!book.isClockHeld && book.vitals.isFine)
            #expect(crowd.leave(), "the order waited until the reads gave up")
            for try await _ in group {}
        }
        await book.close()
    }

    @Test func `answers at once when a sold-out order is refused before its write`() async throws {
        let file = try ShopFile()
        let book = try OrderBook.open(file.path)
        let phone = StockKey(sku: "phone", location: "hall")
        try await book.submit(StockCommand(.receive(1), of: phone))
        func buy(_ order: OrderID) -> OrderCommand {
            let data: JSON = [
                "buyer": .text(order.description), "sku": "phone", "at": "hall", "price_cents": 49_900, "limit": 5,
            ]
            return OrderCommand("place", of: order, data: data, workflow: "flash-sale", role: "shop")
        }
        try await book.submit(buy("o-1"))
        #expect(await book.answer(to: buy("o-2")).refusalCode == "insufficient_stock")
        let crowd = await Crowd(in: book)
        await withTaskGroup(of: Answer.self) { group in
            for number in 0..<Self.reads { group.addTask { await book.answer(to: buy(OrderID("o-1\(number)"))) } }
            while book.engine.threads.waitingCount < Self.reads / 2 { await Task.yield() }
            let received = await book.answer(to: StockCommand(.receive(1), of: StockKey(sku: "case")))
            #expect((try? received.get()) != nil)
            #expect(crowd.leave(), "the receipt waited until the reads gave up")
            for await answer in group { #expect(answer == .refused(.soldOut("phone", "hall", asked: 1))) }
        }
        await book.close()
    }
}

@Suite(.timeLimit(.minutes(2))) struct `The threads of an engine` {
    /// How many calls run at once.
    private final class Counter: Sendable {
        private let running = Mutex((now: 0, most: 0))

        var most: Int { running.withLock { $0.most } }

        func begin() { running.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) } }

        func end() { running.withLock { $0.now -= 1 } }
    }

    @Test func `are as many as they may be, and run every call`() async {
        let threads = EngineThreads(threadsMax: 3)
        let counter = Counter()
        let end = TimedSignal()
        let count = await withTaskGroup(of: Void.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    await threads.run {
                        counter.begin()
                        _ = end.wait(atMost: .seconds(20))
                        counter.end()
                    }
                }
            }
            while threads.waitingCount < 17 { await Task.yield() }
            for _ in 0..<20 { end.signal() }
            var count = 0
            for await _ in group { count += 1 }
            return count
        }
        #expect(count == 20)
        #expect(counter.most == 3)
        threads.close()
    }

    @Test func `run what comes after their end too`() async {
        let threads = EngineThreads(threadsMax: 2)
        #expect(await threads.run { 1 } == 1)
        threads.close()
        #expect(await threads.run { 2 } == 2)
    }
}
