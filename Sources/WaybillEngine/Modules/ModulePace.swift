package import WaybillCore

/// How much of the writer modules may have while somebody waits for it.
package struct ModuleShare: Sendable {
    /// Of the writer's time, what all modules together have at most, and at least, while commands come.
    package var percent: Int64 = 10
    /// After so long a module's write handles no other message.
    package var writeMax = Interval(milliseconds: 5)
    /// With nobody waiting for so long, and the writer free to serve them, commands do not come any more.
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
/// What modules could not use while commands were written they may have afterwards, as much as one of their writes.
/// Times are the uptime of the engine's world.
package struct ModulePace {
    private let share: ModuleShare
    /// Since when the writer has had no command to serve; time in which a module kept it does not count.
    private var quietSince = Interval(milliseconds: .min)
    /// Until when modules rest while commands come; what of it lies in the past is theirs to use.
    private var restUntil = Interval(milliseconds: .min)

    package init(_ share: ModuleShare = ModuleShare()) {
        precondition((1...100).contains(share.percent), "the share of modules is 1 to 100 percent")
        self.share = share
    }

    /// A write for somebody who waited has ended, however long it took.
    package mutating func served(from began: Interval, to ended: Interval) {
        // What was not used in quiet is not saved up.
        if isQuiet(at: began) { restUntil = max(restUntil, began) }
        quietSince = ended
    }

    /// How long modules have to wait as things stand; 0: one of them may write now.
    ///
    /// - Parameter isAwaited: whether somebody waits for the writer at this moment.
    package func wait(at now: Interval, isAwaited: Bool) -> Interval {
        let rest = restUntil.milliseconds > now.milliseconds ? restUntil.milliseconds - now.milliseconds : 0
        guard !isAwaited else { return Interval(milliseconds: rest) }
        guard !isQuiet(at: now) else { return Interval(milliseconds: 0) }
        let untilQuiet = quietSince.milliseconds + share.quiet.milliseconds - now.milliseconds
        return Interval(milliseconds: min(rest, untilQuiet))
    }

    /// A module has written. Rest is owed when commands came before it or have come meanwhile.
    package mutating func wrote(from began: Interval, to ended: Interval, isAwaited: Bool) {
        let took = max(0, ended.milliseconds - began.milliseconds)
        let wasQuiet = isQuiet(at: began)
        if wasQuiet, !isAwaited { return }
        // Whoever came meanwhile could not be served: it was no quiet.
        quietSince = isAwaited ? ended : Interval(milliseconds: quietSince.milliseconds + took)
        let saved = wasQuiet ? 0 : rest(after: share.writeMax.milliseconds)
        let start = max(restUntil.milliseconds, began.milliseconds - saved)
        restUntil = Interval(milliseconds: start + took + min(share.restMax.milliseconds, rest(after: took)))
    }

    private func isQuiet(at now: Interval) -> Bool {
        quietSince.milliseconds == .min || now.milliseconds - quietSince.milliseconds >= share.quiet.milliseconds
    }

    private func rest(after took: Int64) -> Int64 { took * (100 - share.percent) / share.percent }
}
