import Synchronization
public import WaybillCore

/// The only source of time and randomness. Passed to shells, never to `decide`, so that a whole engine runs in virtual
/// time from a seed.
public struct World: Sendable {
    /// The wall clock, in UTC.
    public let now: @Sendable () -> Moment
    /// Time since some fixed moment, never going back: tells a step of the wall clock from time that passed.
    public let uptime: @Sendable () -> Interval
    /// The same, fine enough for what takes less than a millisecond.
    package let uptimeNanoseconds: @Sendable () -> UInt64
    /// 64 random bits.
    public let random: @Sendable () -> UInt64
    /// Set in a virtual world: the clock that tests, imports and rehearsals turn.
    public let virtualClock: VirtualClock?

    /// A world of one's own clocks. Its engine has a writer thread, as in the real one, unless `virtualClock` is set.
    package init(
        now: @escaping @Sendable () -> Moment, uptime: @escaping @Sendable () -> Interval,
        random: @escaping @Sendable () -> UInt64, virtualClock: VirtualClock? = nil,
        uptimeNanoseconds: (@Sendable () -> UInt64)? = nil
    ) {
        self.now = now
        self.uptime = uptime
        self.uptimeNanoseconds = uptimeNanoseconds ?? { UInt64(clamping: uptime().milliseconds) &* 1_000_000 }
        self.random = random
        self.virtualClock = virtualClock
    }

    /// The real clocks and the system's random numbers.
    public static let system: World = {
        let numbers = SystemRandom()
        return World(
            now: { SystemClocks.wall() },
            uptime: { SystemClocks.monotonic() },
            random: { numbers.next() },
            virtualClock: nil,
            uptimeNanoseconds: { SystemClocks.monotonicNanoseconds() })
    }()

    /// Lets real time pass, as loops do after a failure; in a virtual world nothing passes, and nobody waits.
    package func rest(_ interval: Interval) async {
        if virtualClock == nil { await SystemClocks.rest(interval) }
    }

    /// A world for looking into a file of the real one: time stands still until the clock is turned, and random numbers
    /// are the system's.
    package static func standing(at start: Moment) -> World {
        let clock = VirtualClock(start: start)
        return World(
            now: { clock.now }, uptime: { clock.now.since(clock.start) }, random: system.random, virtualClock: clock)
    }

    /// A world whose time stands still until `clock` is turned, and whose randomness follows from `seed`.
    public static func virtual(_ clock: VirtualClock, seed: UInt64 = 1) -> World {
        let generator = Mutex(SeededGenerator(seed: seed))
        return World(
            now: { clock.now },
            uptime: { clock.now.since(clock.start) },
            random: { generator.withLock { $0.next() } },
            virtualClock: clock)
    }
}

/// A clock that moves only when it is told to, and never back.
public final class VirtualClock: Sendable {
    public let start: Moment
    private let moment: Mutex<Moment>

    public init(start: Moment) {
        self.start = start
        moment = Mutex(start)
    }

    public var now: Moment { moment.withLock { $0 } }

    /// Moves to `later`; does nothing when that is in the past.
    public func move(to later: Moment) { moment.withLock { $0 = max($0, later) } }
}

/// SplitMix64: a small generator with a fixed sequence for a seed, for tests and rehearsals.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    public init(seed: UInt64) { state = seed }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }
}
