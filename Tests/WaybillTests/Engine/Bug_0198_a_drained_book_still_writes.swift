import EngineFixtures
import Synchronization
import Testing
import Waybill
import WaybillCore
import WaybillEngine
import WaybillTimeouts

@Suite(.timeLimit(.minutes(2))) struct `Bug 0198: a book is drained while a write goes on` {
    /// What was being written did not wait any more, and counted as done.
    @Test func `it is waited for`() async throws {
        let book = try OrderBook.inMemory(workflows: [mugShop])
        let (inside, entering) = AsyncStream.makeStream(of: Void.self)
        let end = TimedSignal()
        let isOver = Mutex(false)
        async let written: Void = book.writeTables { _ in
            entering.yield()
            _ = end.wait(atMost: .seconds(20))
            isOver.withLock { $0 = true }
        }
        for await _ in inside { break }
        let ends = Mutex(false)
        let seen = Task {
            let isFinished = await book.drain(within: .seconds(30))
            ends.withLock { $0 = true }
            return isFinished && isOver.withLock { $0 }
        }
        while !ends.withLock({ $0 }), book.vitals.waitingRequests == 0 { await Task.yield() }
        end.signal()
        #expect(await seen.value)
        try await written
        await book.close()
    }
}
