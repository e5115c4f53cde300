import EngineFixtures
import Testing
import Waybill
import WaybillCore
import WaybillEngine
import WaybillTimeouts

@Suite(.timeLimit(.minutes(2))) struct `Bug 0197: a command with rows comes after one that keeps its place` {
    /// Work that has the writer to itself ran as soon as the write before it was over, also when a command of that
    /// write was not decided yet.
    @Test func `the later one does not take what the first has waited for`() async throws {
        let count = 1_100
        let clock = ShopClock()
        let book = try OrderBook.inMemory(workflows: [mugShop], world: clock.world)
        try await book.submit(StockCommand(.receive(Int64(count)), of: mug))
        let placed = book.engine.answers((0..<count).map { place(OrderID("o-\($0)")) })
        #expect(placed.filter { !$0.isAccepted } == [])
        let (inside, entering) = AsyncStream.makeStream(of: Void.self)
        let end = TimedSignal()
        async let written: Void = book.writeTables(deadline: .seconds(60)) { _ in
            entering.yield()
            _ = end.wait(atMost: .seconds(20))
        }
        for await _ in inside { break }
        // All of them are overdue before the writer goes on.
        clock.pass(.minutes(45))
        let all = Task { await book.answer(to: place("all", qty: Int64(count))) }
        while book.vitals.waitingRequests < 1 { await Task.yield() }
        let later = Task { try await book.transact(place("later")) { _ in 7 } }
        while book.vitals.waitingRequests < 2 { await Task.yield() }
        end.signal()
        try await written
        #expect(await all.value.code == "accepted")
        await #expect(throws: Refusal.insufficientStock("mug", "", asked: 1, free: 0)) { try await later.value }
        await book.close()
    }
}
