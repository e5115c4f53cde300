import Dispatch
import Foundation
import Synchronization
import WaybillBroker
package import WaybillCore
import WaybillStore
import WaybillTimeouts

/// The work that nobody waits for: retention, the index of messages, what deleted topics have left, the keys of
/// commands from before the file was opened, the counts of orders that an earlier release has placed, and of timeouts.
extension Engine {
    private enum Patience {
        /// Between two rounds, when a round left nothing to do. Keeps the index of messages a second behind at most.
        static let betweenRounds = Interval(milliseconds: 400)
        /// Between two rounds while there is more, so that others get their turn at the writer.
        static let betweenSteps = Interval(milliseconds: 4)
        /// Keys that a round learns: two milliseconds.
        static let keysPerRound = 2_000
        /// Orders of an earlier release that a round counts: three milliseconds.
        static let ordersPerRound = 2_000
        /// Timeouts of before the opening that a round counts: two milliseconds.
        static let timeoutsPerRound = 5_000
    }

    /// One round, bounded, in a write of its own; true: something is left to do at once. In the real world a thread
    /// calls it, in a virtual one whoever wants it done.
    @discardableResult
    package func maintain() throws(Refusal) -> Bool {
        if writer.isMine { throw Self.refusalFromWithin }
        disk.look()
        do { try store.checkPlace() } catch { throw .failStopped("\(error)") }
        let outcome = writer.withLock { writer in
            writer.endHoldWhenOver()
            return writer.ownWrite(thenCheckpoints: false) { write in
                let isLearning = try write.transaction.learnKeys(limit: Patience.keysPerRound)
                let isMore = try writer.broker.maintain(deletes: writer.deletesByAge, in: write) || isLearning
                try writer.flush(in: write)
                let isCounting = try writer.handler.orders.countMore(
                    limit: Patience.ordersPerRound, in: write.transaction)
                let isCountingTimeouts = try write.transaction.countMoreTimeouts(limit: Patience.timeoutsPerRound)
                try writer.noteLife(in: write)
                return isMore || isCounting || isCountingTimeouts
            }
        }
        // Between two writes: what came meanwhile goes first.
        writer.withLock { $0.checkpoints.wrote() }
        return try outcome.get()
    }

    func startMaintenanceThread() {
        Thread.start(named: "waybill-upkeep") { [weak self, maintenance] in
            var wait = Patience.betweenRounds
            while !maintenance.isToldToEnd(within: wait), let engine = self {
                do throws(Refusal) {
                    wait = try engine.maintain() ? Patience.betweenSteps : Patience.betweenRounds
                } catch {
                    // Undone, or the engine has stopped: whoever sends commands hears of it. Tried again later.
                    wait = Interval.seconds(1)
                    engine.report(LoopFailure(.maintenance, error, rest: wait))
                }
            }
            maintenance.hasEnded()
        }
    }
}

/// Tells the maintenance thread to end, and waits until it has.
final class MaintenanceSignal: Sendable {
    private let end = TimedSignal()
    private let ended = DispatchSemaphore(value: 0)

    /// Waits so long; true: the thread is to end.
    func isToldToEnd(within wait: Interval) -> Bool { end.wait(atMost: wait) }

    func hasEnded() { ended.signal() }

    /// Tells the thread to end, and waits for nothing.
    func tellToEnd() { end.signal() }

    /// Called once by whoever closes the engine; later ones find it ended.
    func stop() {
        end.signal()
        ended.wait()
        ended.signal()
    }
}
