import Synchronization
package import WaybillCore
import WaybillTimeouts

/// How modules share the writer with commands: each of their writes is short, and while commands come all modules
/// together get one part in ten of its time. So a module that is slow, or has much to catch up with, slows itself.
///
///     turn ──no commands of late──► write
///       │                             ▲
///       └─commands come─► one at a time, after a rest of nine times what the write before took
package final class ModulePace: Sendable {
    /// After so long a module's write handles no other message.
    package static let writeMax = Interval(milliseconds: 5)
    /// The part of the writer's time that modules have while commands come is one of so many.
    private static let parts: Int64 = 10
    /// Without commands for so long, nobody waits for the writer.
    private static let quiet = Interval(milliseconds: 3)
    /// What waits for its turn longer goes on all the same: its deliveries must not run out.
    private static let waitMax = Interval.seconds(2)

    private struct State {
        /// Whether commands are being written.
        var isWriting = false
        /// When their last write ended.
        var commandsAt: Interval?
        var isTaken = false
        /// Until when modules rest while commands come.
        var restUntil = Interval(milliseconds: .min)
    }

    private let state = Mutex(State())

    package init() {}

    /// A write of commands begins. However long it takes, it is no quiet.
    package func beginCommands() { state.withLock { $0.isWriting = true } }

    package func endCommands(at uptime: Interval) {
        state.withLock { state in
            state.isWriting = false
            state.commandsAt = uptime
        }
    }

    /// Waits until a module may write; answers whether the turn must be given back to the next.
    func turn(in world: World) async -> Bool {
        let began = world.uptime()
        while true {
            let now = world.uptime()
            if let isTaken = ask(at: now) { return isTaken }
            if now.milliseconds - began.milliseconds >= Self.waitMax.milliseconds || Task.isCancelled { return false }
            await world.rest(Interval(milliseconds: 1))
        }
    }

    /// Nil: not yet. False: nobody else wants the writer.
    package func ask(at now: Interval) -> Bool? {
        state.withLock { state in
            let isQuiet = state.commandsAt.map { now.milliseconds - $0.milliseconds > Self.quiet.milliseconds } ?? true
            guard state.isWriting || !isQuiet else { return false }
            guard !state.isTaken, now >= state.restUntil else { return nil }
            state.isTaken = true
            return true
        }
    }

    /// A module has written; what it took decides how long modules rest.
    package func finish(isTaken: Bool, took: Interval, at now: Interval) {
        state.withLock { state in
            if isTaken { state.isTaken = false }
            let rest = max(1, took.milliseconds) * (Self.parts - 1)
            state.restUntil = max(state.restUntil, Interval(milliseconds: now.milliseconds + rest))
        }
    }
}
