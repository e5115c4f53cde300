import Foundation
import Synchronization
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
    }

    func startWriterThread() {
        let pacing = ModulePace(settings.modules)
        let (intake, limit, hasEnded) = (intake, settings.writeRequestsMax, writerHasEnded)
        let thread = Thread { [weak self] in
            var quiet = Quiet()
            var pace = pacing
            // While it sleeps the thread does not keep the engine: a book that is dropped ends it.
            while let wait = self?.wait(for: quiet, pace),
                let waiting = intake.take(limit: limit, waitingAtMost: wait), let engine = self
            {
                let hasWritten = engine.work(off: waiting, &pace)
                if engine.letModulesWrite(&pace) || hasWritten {
                    quiet.breaks(at: engine.world.uptime())
                } else if quiet.isReached(at: engine.world.uptime()) {
                    engine.writer.withLock { $0.idle() }
                }
            }
            while let module = intake.takeModule() { module(nil) }
            hasEnded.signal()
        }
        thread.name = "waybill-writer"
        thread.start()
    }

    /// How long the writer may sleep: until the next timeout, or a module's turn, or until somebody wakes it.
    private func wait(for quiet: Quiet, _ pace: ModulePace) -> Interval {
        var longest = quiet.wait(at: world.uptime()) ?? Patience.longest
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
    private func work(off waiting: [CommandIntake.Waiting], _ pace: inout ModulePace) -> Bool {
        var requests: [Request] = []
        var continuations: [UnsafeContinuation<Reply, Never>] = []
        requests.reserveCapacity(waiting.count)
        continuations.reserveCapacity(waiting.count)
        for item in waiting {
            switch item {
            case .request(let request, let continuation):
                requests.append(request)
                continuations.append(continuation)
            case .work(let body):
                write(requests, for: continuations, &pace)
                requests.removeAll()
                continuations.removeAll()
                let began = world.uptime()
                writer.withLock { body($0) }
                pace.served(from: began, to: world.uptime())
            }
        }
        let hasFired = write(requests, for: continuations, &pace)
        return hasFired || !waiting.isEmpty
    }

    /// One write, the replies after its commit, then perhaps a checkpoint. Returns whether anything was written.
    @discardableResult
    private func write(
        _ requests: [Request], for continuations: [UnsafeContinuation<Reply, Never>], _ pace: inout ModulePace
    ) -> Bool {
        let began = world.uptime()
        let replies: [Reply]? = writer.withLock { writer in
            // One look at the clock, so that nothing is dated before its due time.
            let now = world.now()
            let horizon = writer.timeouts.horizon(wall: now, uptime: began)
            let isDue = !writer.isPaused && isReached(writer.nextDue, by: horizon)
            guard isDue || !requests.isEmpty else { return nil }
            return writer.write(
                requests.map { Writer.Timed(request: $0, at: now) }, firing: .round(upTo: isDue ? horizon : nil))
        }
        // Nil only without requests.
        guard let replies else { return false }
        handOut(replies, to: continuations)
        if requests.contains(where: \.isAwaited) { pace.served(from: began, to: world.uptime()) }
        writer.withLock { $0.checkpoint(after: requests.count) }
        return true
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

    /// Waking hundreds of callers takes as long as deciding some of their commands: another thread does it, while this
    /// one goes on with the next write.
    private func handOut(_ replies: [Reply], to continuations: [UnsafeContinuation<Reply, Never>]) {
        guard replies.count > Patience.repliesMax else {
            for (continuation, reply) in zip(continuations, replies) { continuation.resume(returning: reply) }
            return
        }
        replyQueue.async {
            for (continuation, reply) in zip(continuations, replies) { continuation.resume(returning: reply) }
        }
    }

    private func isReached(_ due: Moment?, by horizon: Moment?) -> Bool {
        guard let due, let horizon else { return false }
        return due <= horizon
    }
}
