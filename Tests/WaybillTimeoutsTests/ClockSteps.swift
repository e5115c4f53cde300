import Synchronization
import Testing
import WaybillCore
import WaybillTimeouts

private let noon = Moment(milliseconds: 1_764_000_000_000)

/// A wall clock that can be set, and an uptime that only runs.
private final class BrokenClock: Sendable {
    private let state = Mutex((wall: noon, uptime: Interval.hours(5)))

    /// Time passes, and the wall clock steps besides.
    func pass(_ interval: Interval, stepping step: Interval = .seconds(0)) {
        state.withLock {
            $0.wall = $0.wall.advanced(by: interval).advanced(by: step)
            $0.uptime = Interval(milliseconds: $0.uptime.milliseconds + interval.milliseconds)
        }
    }

    func observe(_ clock: inout ClockGuard) -> Moment? {
        let (wall, uptime) = state.withLock { $0 }
        return clock.observe(wall: wall, uptime: uptime)
    }

    func confirm(_ clock: inout ClockGuard) {
        let (wall, uptime) = state.withLock { $0 }
        clock.confirm(wall: wall, uptime: uptime)
    }
}

@Suite struct `A step of the wall clock` {
    @Test func `forward by more than a minute holds firing until somebody confirms`() {
        let time = BrokenClock()
        var clock = ClockGuard()
        #expect(time.observe(&clock) == noon)
        time.pass(.minutes(3), stepping: .seconds(60))
        #expect(time.observe(&clock) == noon.advanced(by: .minutes(4)))
        time.pass(.seconds(1), stepping: Interval(milliseconds: 60_001))
        #expect(time.observe(&clock) == nil)
        #expect(clock.isHeld)
        time.pass(.minutes(4))
        #expect(time.observe(&clock) == nil)
        time.confirm(&clock)
        #expect(!clock.isHeld)
        #expect(time.observe(&clock) != nil)
    }

    @Test func `forward holds for five minutes at most`() {
        let time = BrokenClock()
        var clock = ClockGuard()
        _ = time.observe(&clock)
        time.pass(.seconds(1), stepping: .hours(3))
        #expect(time.observe(&clock) == nil)
        time.pass(Interval(milliseconds: 5 * 60_000 - 1))
        #expect(time.observe(&clock) == nil)
        time.pass(Interval(milliseconds: 1))
        #expect(time.observe(&clock) == noon.advanced(by: .hours(3)).advanced(by: Interval(milliseconds: 301_000)))
        #expect(!clock.isHeld)
    }

    @Test func `that is taken back ends the hold`() {
        let time = BrokenClock()
        var clock = ClockGuard()
        _ = time.observe(&clock)
        time.pass(.seconds(1), stepping: .hours(1))
        #expect(time.observe(&clock) == nil)
        time.pass(.seconds(1), stepping: .hours(-1))
        #expect(time.observe(&clock) == noon.advanced(by: .seconds(2)))
    }

    @Test func `backward never holds, and the way back is no step forward`() {
        let time = BrokenClock()
        var clock = ClockGuard()
        _ = time.observe(&clock)
        time.pass(.seconds(1), stepping: .hours(-2))
        #expect(time.observe(&clock) == noon.advanced(by: .seconds(1)).advanced(by: .hours(-2)))
        time.pass(.hours(2))
        #expect(time.observe(&clock) == noon.advanced(by: .seconds(1)))
    }

    @Test func `of any size does not overflow`() {
        var clock = ClockGuard()
        _ = clock.observe(wall: Moment(milliseconds: .min), uptime: .seconds(1))
        #expect(clock.observe(wall: Moment(milliseconds: .max), uptime: .seconds(2)) == nil)
        #expect(clock.observe(wall: Moment(milliseconds: .min), uptime: Interval(milliseconds: .max)) != nil)
    }
}
