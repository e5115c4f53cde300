import Foundation
import Synchronization
import WaybillBroker
import WaybillCore
import WaybillStore
import WaybillTimeouts

/// The thread that writes in the real world: group commit, and timeouts when they are due.
extension Engine {
    private enum Patience {
        /// The longest wait, so that a step of the wall clock is noticed.
        static let longest = Interval.seconds(1)
        /// More replies than these another thread hands out.
        static let repliesMax = 8
        /// Requests that keep their place, in writes of the usual size; beyond it nothing new is taken.
        static let keptWritesMax = 4
    }

    func startWriterThread() {
        let pacing = ModulePace(settings.modules)
        let (intake, hasEnded) = (intake, writerHasEnded)
        Thread.start(named: "waybill-writer") { [weak self] in
            var idleTimer = IdleTimer()
            var pace = pacing
            // What keeps its place for the next write.
            var kept: [any Request] = []
            // While it sleeps the thread does not keep the engine: a book that is dropped ends it.
            while let turn = self?.turn(after: kept, idleTimer, pace),
                let waiting = Self.take(turn, from: intake, hasKept: !kept.isEmpty), let engine = self
            {
                let hasWritten = engine.work(off: waiting, &kept, &pace)
                if engine.letModulesWrite(&pace) || hasWritten {
                    idleTimer.breaks(at: engine.world.uptime())
                } else if idleTimer.isReached(at: engine.world.uptime()) {
                    engine.writer.withLock { $0.checkpoints.idle() }
                }
            }
            while let module = intake.takeModule() { module(nil) }
            hasEnded.signal()
        }
    }

    /// How much the next write takes besides what has kept its place, and how long it waits for that.
    private func turn(
        after kept: [any Request], _ idleTimer: IdleTimer, _ pace: ModulePace
    ) -> (limit: Int, wait: Interval) {
        let max = settings.writeRequestsMax
        if kept.isEmpty { return (max, wait(for: idleTimer, pace)) }
        // What keeps its place does not keep out what is new. But it must not grow without bound.
        let isCrowded = kept.count >= Patience.keptWritesMax * max
        return (isCrowded ? 0 : Swift.max(max - kept.count, max / 4), Interval(milliseconds: 0))
    }

    /// Nil: closed, and nothing is left.
    private static func take(
        _ turn: (limit: Int, wait: Interval), from intake: CommandIntake, hasKept: Bool
    ) -> [CommandIntake.Waiting]? {
        if turn.limit == 0 { return [] }
        return intake.take(limit: turn.limit, waitingAtMost: turn.wait) ?? (hasKept ? [] : nil)
    }

    /// How long the writer may sleep: until the next timeout, or a module's turn, or until it is woken.
    private func wait(for idleTimer: IdleTimer, _ pace: ModulePace) -> Interval {
        var longest = idleTimer.wait(at: world.uptime()) ?? Patience.longest
        let wishes = intake.wishes
        if wishes.hasModule { longest = min(longest, pace.wait(at: world.uptime(), isAwaited: wishes.isAwaited)) }
        return writer.withLock { writer in
            guard let due = writer.nextDue, writer.stopped == nil, !writer.timeouts.isHeld, !writer.isPaused
            else { return longest }
            let wait = due.since(world.now())
            return min(max(wait, Interval(milliseconds: 0)), longest)
        }
    }

    /// Does what waits, in order, and fires what is due. Returns whether there was anything to do.
    private func work(
        off waiting: [CommandIntake.Waiting], _ kept: inout [any Request], _ pace: inout ModulePace
    ) -> Bool {
        var batch = kept
        batch.reserveCapacity(batch.count + waiting.count)
        var isTold = !kept.isEmpty
        for item in waiting {
            switch item {
            case .request(let request):
                batch.append(request)
            case .work(let body):
                // What came before it comes first, in as many writes as it takes.
                repeat { batch = write(batch, &pace, &isTold).kept } while !batch.isEmpty
                let began = world.uptime()
                writer.withLock { body($0) }
                pace.served(from: began, to: world.uptime())
            }
        }
        let written = write(batch, &pace, &isTold)
        kept = written.kept
        return written.hasWritten || !waiting.isEmpty
    }

    /// Tells the intake what keeps its place, so that vitals count it; nothing as long as nothing does.
    private func tell(_ kept: [any Request], _ isTold: inout Bool) {
        guard isTold || !kept.isEmpty else { return }
        intake.note(kept: kept)
        isTold = !kept.isEmpty
    }

    /// One write, the replies after its commit, then perhaps a checkpoint. Returns whether anything was written, and
    /// what keeps its place for the next write.
    private func write(
        _ batch: [any Request], _ pace: inout ModulePace, _ isTold: inout Bool
    ) -> (hasWritten: Bool, kept: [any Request]) {
        let began = world.uptime()
        let written: (isAnswered: [Bool], left: OrderLedger.Left?)? = writer.withLock { writer in
            // One look at the clock, so that nothing is dated before its due time. The uptime is of the same moment:
            // to wait for the turn must not look like a step of the wall clock.
            let now = world.now()
            let horizon = writer.timeouts.horizon(wall: now, uptime: world.uptime())
            if horizon == nil { writer.broker.endWaits() }
            let isDue = writer.isDue(by: horizon)
            guard isDue || !batch.isEmpty else { return nil }
            let isAnswered = writer.write(
                batch.map { Writer.Timed(request: $0, at: now) },
                firing: .round(upTo: horizon, rests: !isDue))
            return (isAnswered, writer.handler.orders.takeLeft())
        }
        // Nil only without requests.
        guard let written else { return (false, []) }
        let kept = handOut(batch, written.isAnswered, written.left, &isTold)
        if batch.contains(where: \.isAwaited) { pace.served(from: began, to: world.uptime()) }
        writer.withLock { $0.checkpoints.wrote(batch.count) }
        return (true, kept)
    }

    /// The modules' turn between two writes of commands: one write, or as many short ones as a long one lasts. Returns
    /// whether there was any.
    private func letModulesWrite(_ pace: inout ModulePace) -> Bool {
        let end = world.uptime().milliseconds + settings.modules.writeMax.milliseconds
        var hasWritten = false
        while true {
            let wishes = intake.wishes
            let began = world.uptime()
            guard wishes.hasModule, !hasWritten || began.milliseconds < end,
                pace.wait(at: began, isAwaited: wishes.isAwaited).milliseconds == 0, let module = intake.takeModule()
            else { return hasWritten }
            writer.withLock { module($0) }
            pace.wrote(from: began, to: world.uptime(), isAwaited: intake.wishes.isAwaited)
            hasWritten = true
        }
    }

    /// Waking hundreds of callers and freeing their orders takes as long as deciding some of their commands: another
    /// thread does it, while this one goes on with the next write. Returns the requests without a reply: they keep
    /// their places.
    private func handOut(
        _ batch: [any Request], _ isAnswered: [Bool], _ left: OrderLedger.Left?, _ isTold: inout Bool
    ) -> [any Request] {
        var kept: [any Request] = []
        var answered: [any Request] = []
        answered.reserveCapacity(batch.count)
        for (request, isAnswered) in zip(batch, isAnswered) {
            if isAnswered { answered.append(request) } else { kept.append(request) }
        }
        // First: a caller that has its answer does not find its request among those that wait.
        tell(kept, &isTold)
        guard answered.count > Patience.repliesMax else {
            for request in answered { request.resume() }
            return kept
        }
        replyQueue.async { [answered] in
            for request in answered { request.resume() }
            withExtendedLifetime(left) {}
        }
        return kept
    }
}
