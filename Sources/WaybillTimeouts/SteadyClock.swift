import Synchronization
package import WaybillCore

/// The guarded wall clock of an engine: its writer, its consumers and its maintenance ask the same one.
package final class SteadyClock: Sendable {
    private let world: World
    private let clock = Mutex(ClockGuard())

    package init(_ world: World) { self.world = world }

    /// The moment up to which timeouts may fire, or nil while a step of the clock is in doubt.
    package func horizon(wall: Moment, uptime: Interval) -> Moment? {
        clock.withLock { $0.observe(wall: wall, uptime: uptime) }
    }

    /// The time by which things are kept, deleted and shared: the wall clock, and while a step of it is in doubt the
    /// time that it would show without the step.
    package func now() -> Moment {
        let (wall, uptime) = (world.now(), world.uptime())
        return clock.withLock { clock in clock.observe(wall: wall, uptime: uptime) ?? clock.steady(wall, uptime) }
    }

    package var isHeld: Bool { clock.withLock { $0.isHeld } }

    /// An operator says that the wall clock is right.
    package func confirm() {
        let (wall, uptime) = (world.now(), world.uptime())
        clock.withLock { $0.confirm(wall: wall, uptime: uptime) }
    }

    /// The world with this wall clock in place of the one it has.
    package var steadyWorld: World {
        // In a virtual world no step is ever in doubt.
        if world.virtualClock != nil { return world }
        return World(
            now: { self.now() }, uptime: world.uptime, random: world.random,
            uptimeNanoseconds: world.uptimeNanoseconds)
    }
}
