import NIOCore
import NIOEmbedded
import Synchronization
import Testing
import WaybillCore

@testable import RocketMQServer

/// Batches that did not come to their client, in time that the test turns.
@Suite struct `A batch that was lost` {
    private let loop = EmbeddedEventLoop()
    private let batches = KeptBatches()
    private let client = ClientKey(principal: "shop", client: "one@1")
    private let givenBack = Given()

    private final class Given: Sendable {
        let names = Mutex<[String]>([])

        func add(_ name: String) { names.withLock { $0.append(name) } }
    }

    private func begin() -> KeptBatches.Turn { batches.begin(client, "readers", "attempt") }

    private func lose(_ turn: KeptBatches.Turn, _ name: String) {
        batches.keep(turn, on: loop) { [givenBack] in givenBack.add(name) }
    }

    private func given(after seconds: Int64) -> [String] {
        loop.advanceTime(by: .seconds(seconds))
        return givenBack.names.withLock { $0 }
    }

    @Test func `is given back when its attempt does not ask again within five seconds`() {
        lose(begin(), "first")
        #expect(given(after: 4) == [])
        #expect(given(after: 1) == ["first"])
        #expect(given(after: 60) == ["first"])
    }

    @Test func `stays with its attempt, which asks again`() {
        lose(begin(), "first")
        batches.end(begin())
        #expect(given(after: 60) == [])
    }

    @Test func `is given back by no call that is found dead after a newer one has it`() {
        let first = begin()
        let second = begin()
        lose(first, "first")
        #expect(given(after: 60) == [])
        batches.end(second)
        lose(first, "first")
        #expect(given(after: 60) == [])
    }

    @Test func `is given back once when the newer call is lost too`() {
        let first = begin()
        let second = begin()
        lose(second, "second")
        lose(first, "first")
        #expect(given(after: 60) == ["second"])
    }
}
