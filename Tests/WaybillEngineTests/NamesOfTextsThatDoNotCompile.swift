import EngineFixtures
import Fixtures
import Synchronization
import Testing
import WaybillCore
import WaybillEngine
import WaybillStore
import WaybillTimeouts

/// Which names of a filter the file does not have, when this release reads one of its texts no more.
@Suite struct `The names of a filter` {
    private struct Unreadable: Error {}

    /// How often the text was compiled.
    private final class Tries: Sendable {
        let count = Mutex(0)
    }

    private let tries = Tries()
    private let engine: Engine

    init() throws {
        let store = try Store.inMemory()
        let before = try MugShop.engine(store)
        _ = try before.receive(10, of: MugShop.mug).get()
        #expect(before.answers([MugShop.place("o-1")]).map(\.code) == ["accepted"])
        engine = try Engine(store: store, workflows: [], world: .virtual(VirtualClock(start: MugShop.noon))) {
            [tries] _ in
            tries.count.withLock { $0 += 1 }
            throw Unreadable()
        }
    }

    private func unknown(_ filter: OrderFilter) -> [String] {
        engine.unknownNames(in: filter).map { "\($0.kind) \($0.name)" }
    }

    @Test func `are those of all texts, also of one that does not compile any more`() {
        #expect(unknown(OrderFilter(workflow: "mug-shop")) == [])
        #expect(unknown(OrderFilter(workflow: "mug-shoe")) == ["workflow mug-shoe"])
        #expect(unknown(OrderFilter(status: "paid")) == [], "it may have any status")
        #expect(engine.unknownName(ofTimeout: "pay_due") == nil, "it may have any timeout")
    }

    @Test func `cost no compilation when none is asked for, and one at most for each text`() {
        let before = tries.count.withLock { $0 }
        #expect(unknown(OrderFilter(attributes: [.init("buyer", "ann")])) == [])
        #expect(unknown(OrderFilter(workflow: "mug-shop")) == [])
        #expect(tries.count.withLock { $0 } == before)
        for _ in 1...3 { #expect(unknown(OrderFilter(status: "paid")) == []) }
        #expect(tries.count.withLock { $0 } <= before + 1)
    }
}
