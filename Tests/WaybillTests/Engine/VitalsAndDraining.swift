import EngineFixtures
import Synchronization
import Testing
import Waybill
import WaybillCore
import WaybillTimeouts

@Suite(.timeLimit(.minutes(2))) struct `The vitals of an order book` {
    @Test func `are told while a write goes on, with what waits for it`() async throws {
        let file = try ShopFile()
        let book = try OrderBook.open(file.path, workflows: [mugShop])
        try await book.submit(StockCommand(.receive(9), of: mug))
        let before = book.vitals
        #expect(before.isFine && before.waitingRequests == 0 && before.oldestWait == nil)
        #expect(before.bootNumber > 0 && before.sqliteVersion.hasPrefix("3."))
        #expect(before.writes > 0 && before.lastPosition.number == 1 && before.checkpointFailures == 0)
        let (inside, entering) = AsyncStream.makeStream(of: Void.self)
        let end = TimedSignal()
        async let written: Void = book.writeTables(deadline: .seconds(60)) { _ in
            entering.yield()
            _ = end.wait(atMost: .seconds(20))
        }
        for await _ in inside { break }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<3 { group.addTask { try await book.submit(place(OrderID("o-\(number)"))) } }
            while book.vitals.waitingRequests < 3 { await Task.yield() }
            #expect(book.vitals.oldestWait.map { $0.milliseconds >= 0 } == true)
            end.signal()
            try await group.waitForAll()
        }
        try await written
        let after = book.vitals
        #expect(after.waitingRequests == 0 && after.writes > before.writes && after.lastPosition.number == 4)
        await book.close()
    }

    @Test func `say how many receives wait, and for how long orders did`() async throws {
        let book = try OrderBook.inMemory(workflows: [mugShop])
        try await book.messages.createGroup("desk")
        let receive = Task {
            try await book.messages.receive(
                "desk", Subscription("orders"), Messages.ReceiveOptions(client: "a", wait: .seconds(20)))
        }
        while book.vitals.waitingReceives == 0 { await Task.yield() }
        #expect(book.vitals.waitingReceives == 1)
        receive.cancel()
        #expect(try await receive.value.isEmpty)
        #expect(book.vitals.waitingReceives == 0)
        await book.close()
    }

    @Test func `count what a loop could not do, and tell whom the settings name`() async throws {
        let (reports, reporting) = AsyncStream.makeStream(of: LoopFailure.self)
        var settings = OrderBook.Settings()
        settings.report = { reporting.yield($0) }
        let book = try OrderBook.inMemory(workflows: [mugShop], settings: settings)
        try await book.install(Stumbling())
        try await book.messages.send(NewMessage(to: "orders", body: [1]))
        for await report in reports {
            #expect(report.loop == .module("stumbling") && report.why.contains("the post is closed"))
            break
        }
        #expect(book.vitals.loopFailures["module", default: 0] >= 1)
        await book.close()
    }

    @Test func `tell of each module whether it works here, what it is owed and what it could not do`() async throws {
        let (reports, reporting) = AsyncStream.makeStream(of: LoopFailure.self)
        var settings = OrderBook.Settings()
        settings.report = { reporting.yield($0) }
        let file = try ShopFile()
        let book = try OrderBook.open(file.path, workflows: [mugShop], settings: settings)
        try await book.install(Stumbling())
        #expect(try await book.moduleViews().map(\.failures.count) == [0])
        try await book.messages.send(NewMessage(to: "orders", body: [1]))
        for await _ in reports { break }
        let view = try #require(try await book.moduleViews().first)
        #expect(view.name == "stumbling" && view.isInstalled && view.isRunning && view.since != nil)
        #expect(view.failures.count >= 1 && view.failures.last == "the post is closed")
        #expect(view.failures.restsUntil.map { $0 > (view.failures.lastAt ?? $0) } == true)
        await book.close()
        let second = try OrderBook.open(file.path, workflows: [mugShop])
        try await second.messages.send(NewMessage(to: "orders", body: [2]))
        let stopped = try #require(try await second.moduleViews().first)
        #expect(!stopped.isRunning && stopped.owed == 1 && stopped.failures.count == 0)
        await second.close()
    }

    /// What follows from messages has a loop apart from theirs, and nothing told that it was over its rest.
    @Test func `tell of a module that goes on after its rest that it works`() async throws {
        let (calls, calling) = AsyncStream.makeStream(of: Int64.self)
        let book = try OrderBook.inMemory(workflows: [mugShop])
        try await book.install(FailingOnce(calling: calling))
        try await book.messages.send(NewMessage(to: "orders", body: [1]))
        for await count in calls where count == 2 { break }
        let view = try #require(try await book.moduleViews().first)
        #expect(view.failures.count == 1 && view.failures.restsUntil == nil)
        await book.close()
    }

    /// A module whose work outside the file fails the first time.
    private final class FailingOnce: ShopModule {
        let name: GroupName = "failing-once"
        let subscriptions = [Subscription("orders")]
        private let calling: AsyncStream<Int64>.Continuation
        private let count = Atomic<Int64>(0)

        init(calling: AsyncStream<Int64>.Continuation) { self.calling = calling }

        func migrate(_ tables: borrowing ModuleTables) throws {}
        func handle(_ delivery: Delivery, _ tables: borrowing ModuleTables, _ effects: Effects) throws {}

        func followUp(in book: OrderBook) async throws {
            let number = count.add(1, ordering: .relaxed).newValue
            defer { calling.yield(number) }
            if number == 1 { throw StoreFailure(.statement, "the post is closed") }
        }
    }

    /// A module whose work outside the file fails.
    private struct Stumbling: ShopModule {
        struct Failure: Error, CustomStringConvertible { let description = "the post is closed" }

        let name: GroupName = "stumbling"
        let subscriptions = [Subscription("orders")]

        func migrate(_ tables: borrowing ModuleTables) throws {}
        func handle(_ delivery: Delivery, _ tables: borrowing ModuleTables, _ effects: Effects) throws {}
        func followUp(in book: OrderBook) async throws { throw Failure() }
    }
}

@Suite(.timeLimit(.minutes(2))) struct `A book that is drained` {
    /// A module whose handler waits until it is told to go on.
    private final class Gate: Sendable {
        let entered: AsyncStream<Void>
        let entering: AsyncStream<Void>.Continuation
        let end = TimedSignal()

        init() { (entered, entering) = AsyncStream.makeStream(of: Void.self) }

        var module: HandlerModule {
            HandlerModule("slow", [Subscription("parcels")]) { [self] _, _, _ in
                entering.yield()
                _ = end.wait(atMost: .seconds(20))
            }
        }
    }

    @Test func `takes nothing new, ends receives that wait, and finishes what is in hand`() async throws {
        let book = try OrderBook.inMemory(workflows: [mugShop])
        let messages = book.messages
        try await messages.createTopic("parcels")
        try await messages.createGroup("desk")
        try await book.submit(StockCommand(.receive(9), of: mug))
        try await messages.send(NewMessage(to: "orders", body: [1]))
        let delivery = try #require(try await messages.receive("desk", Subscription("orders")).first)
        let waiting = Task {
            try await messages.receive(
                "desk", Subscription("orders"), Messages.ReceiveOptions(client: "a", wait: .seconds(20)))
        }
        while book.vitals.waitingReceives == 0 { await Task.yield() }
        let gate = Gate()
        try await book.install(gate.module)
        try await messages.send(NewMessage(to: "parcels", body: [1]))
        for await _ in gate.entered { break }

        let drained = Task { await book.drain(within: .seconds(30)) }
        #expect(try await waiting.value.isEmpty)
        #expect(book.vitals.isDraining && !book.vitals.isFine)
        #expect(await book.answer(to: place("o-1")) == .refused(.shuttingDown))
        await #expect(throws: MessageRefusal.shuttingDown) {
            try await messages.send(NewMessage(to: "orders", body: [2]))
        }
        await #expect(throws: MessageRefusal.shuttingDown) {
            try await messages.receive("desk", Subscription("orders"))
        }
        await #expect(throws: Refusal.shuttingDown) { try await book.writeTables { _ in } }
        gate.end.signal()
        #expect(await drained.value)
        try await messages.acknowledge(delivery)
        #expect(try await messages.lag(of: "slow").allSatisfy { $0.messages == 0 }, "the module finished")
        await book.close()
        #expect(await book.answer(to: place("o-1")).code == "fail_stopped")
    }

    @Test func `is waited for no longer than the limit`() async throws {
        let book = try OrderBook.inMemory(workflows: [mugShop])
        try await book.messages.createTopic("parcels")
        let gate = Gate()
        try await book.install(gate.module)
        try await book.messages.send(NewMessage(to: "parcels", body: [1]))
        for await _ in gate.entered { break }
        #expect(await book.drain(within: Interval(milliseconds: 20)) == false)
        gate.end.signal()
        await book.close()
    }

    @Test func `tells who waits for its stop that it was closed`() async throws {
        let book = try OrderBook.inMemory(workflows: [mugShop])
        let stopped = Task { await book.stopped }
        let given = Task { await book.stopped }
        given.cancel()
        #expect(await given.value == nil)
        await book.drain(within: .seconds(10))
        await book.close()
        #expect(await stopped.value == nil)
        #expect(await book.stopped == nil)
    }
}
