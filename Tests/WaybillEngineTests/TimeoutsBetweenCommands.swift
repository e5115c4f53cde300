import EngineFixtures
import Fixtures
import Testing
import WaybillCore
import WaybillEngine
import WaybillStore
import WaybillTimeouts

@Suite struct `Timeouts of an engine` {
    @Test func `due in great number fire in writes of bounded size, all of them once`() throws {
        let engine = try MugShop.engine(Store.inMemory())
        _ = try engine.receive(2_000, of: MugShop.mug).get()
        _ = engine.answers((0..<1_100).map { MugShop.place(OrderID("o-\($0)")) })
        let before = engine.writeCount
        engine.advance(to: MugShop.noon.advanced(by: .hours(1)))
        #expect(engine.writeCount - before == 3, "1,100 in rounds of 64, eight in a write")
        #expect(try engine.stock(MugShop.mug)?.free == 2_000)
        #expect(engine.lastPosition.number == 1 + 1_100 + 1_100)
        #expect(try engine.store.read { try $0.earliestDue(.order) } == nil)
    }

    @Test func `that come due between commands with times of their own fire between them, in the same write`() throws {
        let engine = try MugShop.engine(Store.inMemory())
        _ = try engine.receive(1, of: MugShop.mug).get()
        let before = engine.writeCount
        // One mug: the second order gets it only because the first has lost it at half past twelve.
        let minutes: [Int64] = [0, 29, 31]
        let answers = engine.perform(
            minutes.map { (command: MugShop.place(OrderID("o-\($0)")), at: MugShop.noon.advanced(by: .minutes($0))) })
        #expect(answers.map(\.isAccepted) == [true, false, true])
        #expect(engine.writeCount - before == 1)
        #expect(engine.world.now() == MugShop.noon.advanced(by: .minutes(31)))
        let history = try #require(try engine.history(of: "o-0"))
        #expect(history.map(\.at) == [MugShop.noon, MugShop.noon.advanced(by: .minutes(30))])
    }
}
