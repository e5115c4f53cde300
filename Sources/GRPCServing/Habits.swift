import NIOCore

/// What is known of how a client behaves: whether it is still there, and whether it does what only hostile ones do.
struct Habits {
    /// What a look at a connection comes to.
    enum Verdict: Equatable {
        case fine
        case ping
        /// Nothing came, not even the answer to a ping.
        case silent
        /// It is alive, and asks nothing.
        case idle
    }

    /// What the server's pings say.
    static let pingMark: UInt64 = 0x7761_7962_696C_6C00

    private let limits: GRPCLimits
    /// When the last frame came.
    private(set) var heardAt = NIODeadline.uptimeNanoseconds(0)
    /// When a call was open last.
    private var busyAt = NIODeadline.uptimeNanoseconds(0)
    private var windowBegan = NIODeadline.uptimeNanoseconds(0)
    private var begun = 0
    private var abandoned = 0
    /// Pings since something else was written.
    private var idlePings = 0

    init(_ limits: GRPCLimits) { self.limits = limits }

    mutating func begin(at now: NIODeadline) {
        heardAt = now
        busyAt = now
        windowBegan = now
    }

    /// A frame came.
    mutating func heard(at now: NIODeadline) {
        heardAt = now
        guard now - windowBegan >= limits.patience else { return }
        windowBegan = now
        begun = 0
        abandoned = 0
        idlePings = 0
    }

    mutating func begins() {
        begun += 1
        busyAt = heardAt
    }

    mutating func writes() { idlePings = 0 }

    /// Counts a call that its client has given up while it was in work; true: too many are.
    mutating func abandons() -> Bool {
        abandoned += 1
        return abandoned > limits.abandonedMax && abandoned * 2 > begun
    }

    /// Counts a ping; true: there are too many that no call explains.
    mutating func pings() -> Bool {
        idlePings += 1
        return idlePings > limits.idlePingsMax
    }

    /// What to do about a connection that may be silent, or idle.
    mutating func look(at now: NIODeadline, hasCalls: Bool) -> Verdict {
        if hasCalls { busyAt = now }
        if now - busyAt >= limits.idleMax { return .idle }
        let silence = now - heardAt
        if silence >= limits.silenceMax + limits.silenceMax - .seconds(1) { return .silent }
        return silence >= limits.silenceMax - .seconds(1) ? .ping : .fine
    }
}
