import EngineFixtures
import Fixtures
import Synchronization
import Testing
import WaybillCore
import WaybillEngine
import WaybillStore
import WaybillTimeouts

@Suite struct `Bug 0187: a write was undone for want of room, and timeouts rest` {
    /// What cannot be written, and no request is to blame for.
    private struct NoRoom: EngineVerb {
        func perform(by writer: Writer, in write: inout Write) throws -> Refusal? {
            throw StoreFailure(.full, "database or disk is full", sqliteCode: 13)
        }

        func refused(_ refusal: Refusal) -> Refusal { refusal }
        func refusals(in reply: Refusal) -> [RefusedReply] { [.refusal(reply)] }
        func account(in engine: Engine) -> Account { Account() }
    }

    /// Only the writer's thread let them rest. A call that wrote by itself fired a round of them.
    @Test func `a call that writes on its own thread does not fire them either`() throws {
        let state = Mutex((wall: MugShop.noon, uptime: Interval.hours(5)))
        func pass(_ interval: Interval, stepping step: Interval = .seconds(0)) {
            state.withLock { $0 = ($0.wall.advanced(by: interval).advanced(by: step), $0.uptime + interval) }
        }
        let world = World(
            now: { state.withLock { $0.wall } }, uptime: { state.withLock { $0.uptime } }, random: { 7 })
        let engine = try MugShop.engine(Store.inMemory(), world: world)
        _ = try engine.receive(5, of: MugShop.mug).get()
        #expect(engine.answers([MugShop.place("o-1")]).map(\.code) == ["accepted"])
        pass(.minutes(29) + .seconds(30))
        #expect(engine.perform(NoRoom()).code == "undone")
        // The rest lasts a second; the wall clock goes on by less than what would look like a jump.
        pass(Interval(milliseconds: 500), stepping: .seconds(40))
        _ = try engine.receive(1, of: MugShop.mug).get()
        #expect(try engine.order("o-1")?.status == "awaiting payment")
        // A command that would be short of what they hold has them fire first, as ever.
        pass(.seconds(1))
        _ = try engine.receive(1, of: MugShop.mug).get()
        #expect(try engine.order("o-1")?.status == "closed")
        engine.close()
    }
}
