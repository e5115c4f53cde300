package import WaybillCore

/// How much of the writer modules may have while somebody waits for it.
package struct ModuleShare: Sendable {
    /// Of the writer's time, what all modules together have at most, and at least, while commands come.
    package var percent: Int64 = 10
    /// After so long a module's write handles no other message.
    package var writeMax = Interval(milliseconds: 5)
    /// With nobody waiting for so long, and the writer free to serve them, a module's write owes no rest.
    package var quiet = Interval(milliseconds: 3)
    /// However slow a module is, modules rest no longer: what they were given must not run out meanwhile.
    package var restMax = Interval.seconds(2)

    package init() {}
}

/// How modules share the writer with commands: what their writes really took is paid back in rest while commands come,
/// so that a module that is slow, or has much to catch up with, slows itself and nobody else.
///
///     module asks ──nobody waits, nor has of late──► writes
///          │                                           ▲
///          └──commands come──► rest of nine times ─────┘
///                              what the last write took
///
/// Time in which nobody wants the writer counts three times as rest: a gap between commands is not their end, as those
/// who send them may wait for the machine. What modules could not use while commands were written they may have
/// afterwards, as much as one of their writes. Times are the uptime of the engine's world, in milliseconds.
package struct ModulePace {
    private let share: ModuleShare
    /// How many times as rest the writer's free time counts.
    private static let freeTimes: Int64 = 3
    /// Since when nobody has come; time in which a module kept the writer does not count. Nil: nobody ever came.
    private var quietSince: Int64?
    /// From when on free time is not counted as rest yet.
    private var freeSince: Int64 = 0
    /// Until when modules rest while commands come; what of it lies in the past is theirs to use.
    private var restUntil: Int64 = 0

    package init(_ share: ModuleShare = ModuleShare()) {
        precondition((1...100).contains(share.percent), "the share of modules is 1 to 100 percent")
        self.share = share
    }

    /// A write for somebody who waited has ended, however long it took.
    package mutating func served(from began: Interval, to ended: Interval) {
        countFreeTime(until: began.milliseconds)
        // What was not used in quiet is not saved up.
        if isQuiet(at: began.milliseconds) { restUntil = max(restUntil, began.milliseconds) }
        quietSince = ended.milliseconds
        freeSince = ended.milliseconds
    }

    /// How long modules have to wait as things stand; 0: one of them may write now.
    ///
    /// - Parameter isAwaited: whether somebody waits for the writer at this moment.
    package func wait(at now: Interval, isAwaited: Bool) -> Interval {
        let free = max(0, now.milliseconds - freeSince) * (Self.freeTimes - 1)
        let rest = max(0, restUntil - free - now.milliseconds)
        return Interval(milliseconds: isAwaited ? rest : (rest + Self.freeTimes - 1) / Self.freeTimes)
    }

    /// A module has written. Rest is owed when commands came shortly before it, or have come meanwhile.
    package mutating func wrote(from began: Interval, to ended: Interval, isAwaited: Bool) {
        let wasQuiet = isQuiet(at: began.milliseconds)
        countFreeTime(until: began.milliseconds)
        freeSince = ended.milliseconds
        if wasQuiet, !isAwaited { return }
        let took = max(0, ended.milliseconds - began.milliseconds)
        // Whoever came meanwhile could not be served: it was no quiet.
        quietSince = isAwaited ? ended.milliseconds : (quietSince ?? began.milliseconds) + took
        let start = max(restUntil, wasQuiet ? began.milliseconds : began.milliseconds - saved)
        restUntil = start + took + min(share.restMax.milliseconds, rest(after: took))
    }

    private mutating func countFreeTime(until now: Int64) {
        let rest = restUntil - max(0, now - freeSince) * (Self.freeTimes - 1)
        restUntil = max(rest, min(restUntil, now - saved))
        freeSince = max(freeSince, now)
    }

    private func isQuiet(at now: Int64) -> Bool { quietSince.map { now - $0 >= share.quiet.milliseconds } ?? true }

    private var saved: Int64 { rest(after: share.writeMax.milliseconds) }

    private func rest(after took: Int64) -> Int64 { took * (100 - share.percent) / share.percent }
}
