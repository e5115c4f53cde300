import EngineFixtures
import Fixtures
import Synchronization
import Testing
import WaybillCore
import WaybillStore
import WaybillTimeouts

@testable import WaybillEngine

/// A wall clock that can be set, and an uptime that only runs.
private final class BrokenClock: Sendable {
    private let state = Mutex((wall: MugShop.noon, uptime: Interval.hours(5)))

    /// Time passes, and the wall clock steps besides.
    func pass(_ interval: Interval, stepping step: Interval = .seconds(0)) {
        state.withLock {
            $0.wall = $0.wall.advanced(by: interval).advanced(by: step)
            $0.uptime = Interval(milliseconds: $0.uptime.milliseconds + interval.milliseconds)
        }
    }

    /// A world in which time passes after each look at the uptime, as when a thread waits for its turn.
    var slowWorld: World {
        World(
            now: { self.state.withLock { $0.wall } },
            uptime: {
                defer { self.pass(.minutes(2)) }
                return self.state.withLock { $0.uptime }
            }, random: { 7 })
    }

    var world: World {
        World(now: { self.state.withLock { $0.wall } }, uptime: { self.state.withLock { $0.uptime } }, random: { 7 })
    }
}

@Suite struct `An engine whose wall clock steps` {
    @Test func `keeps orders open that are not due yet, and closes none twice`() throws {
        let time = BrokenClock()
        let engine = try MugShop.engine(Store.inMemory(), world: time.world)
        _ = try engine.receive(5, of: MugShop.mug).get()
        #expect(engine.answers([MugShop.place("o-1")]).map(\.code) == ["accepted"])
        time.pass(.seconds(1), stepping: .hours(1))
        engine.writeWithoutRequests()
        #expect(engine.isClockHeld)
        #expect(try engine.order("o-1")?.status == "awaiting payment")
        // A command on the order is not held, and its timeout does not come first while the clock is in doubt.
        #expect(engine.answers([MugShop.pay("o-1")]).map(\.code) == ["accepted"])
        #expect(engine.answers([MugShop.place("o-2")]).map(\.code) == ["accepted"])
        engine.confirmClock()
        time.pass(.minutes(31))
        engine.writeWithoutRequests()
        #expect(try engine.order("o-1")?.status == "paid")
        #expect(try engine.order("o-2")?.status == "closed")
        #expect(try engine.stock(MugShop.mug)?.free == 4)
        engine.close()
    }

    @Test func `is not what it sees when it waits long for its turn to write`() async throws {
        let engine = try MugShop.engine(Store.inMemory(), world: BrokenClock().slowWorld)
        for number in 1...3 {
            // Consumers and maintenance ask the same guarded clock, and wait for nothing.
            _ = engine.clock.now()
            let received = await engine.submit(StockCommand(.receive(5), of: MugShop.mug, key: "r-\(number)"))
            #expect(try received.get().level.free == Int64(5 * number))
            #expect(!engine.isClockHeld)
        }
        engine.close()
    }

    @Test func `backward delays timeouts until the wall clock says that they are due`() throws {
        let time = BrokenClock()
        let engine = try MugShop.engine(Store.inMemory(), world: time.world)
        _ = try engine.receive(5, of: MugShop.mug).get()
        #expect(engine.answers([MugShop.place("o-1")]).map(\.code) == ["accepted"])
        time.pass(.minutes(29), stepping: .minutes(-60))
        time.pass(.minutes(10))
        engine.writeWithoutRequests()
        #expect(try engine.order("o-1")?.status == "awaiting payment")
        time.pass(.minutes(51))
        engine.writeWithoutRequests()
        #expect(try engine.order("o-1")?.status == "closed")
        #expect(engine.lateness.early == 0)
        engine.close()
    }
}
