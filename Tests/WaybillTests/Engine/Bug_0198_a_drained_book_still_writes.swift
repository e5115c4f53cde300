import EngineFixtures
import Synchronization
import Testing
import Waybill
import WaybillCore
import WaybillEngine
import WaybillTimeouts

@Suite(.timeLimit(.minutes(2))) struct `Bug 0198: a book is drained while a write goes on` {
    private final class Flag: Sendable {
        private let state = Mutex(false)
        var isSet: Bool { state.withLock { $0 } }
        func set() { state.withLock { $0 = true } }
    }

    /// What was being written did not wait any more, and counted as done.
    @Test func `it is waited for`() async throws {
        let book = try OrderBook.inMemory(workflows: [mugShop])
        let (inside, entering) = AsyncStream.makeStream(of: Void.self)
        let end = TimedSignal()
        let (isOver, ends) = (Flag(), Flag())
        async let written: Void = book.writeTables(deadline: .seconds(60)) { _ in
            entering.yield()
            _ = end.wait(atMost: .seconds(20))
            isOver.set()
        }
        for await _ in inside { break }
        let seen = Task {
            let isFinished = await book.drain(within: .seconds(30))
            ends.set()
            return isFinished && isOver.isSet
        }
        while !ends.isSet, book.vitals.waitingRequests == 0 { await Task.yield() }
        end.signal()
        #expect(await seen.value)
        try await written
        await book.close()
    }
}
