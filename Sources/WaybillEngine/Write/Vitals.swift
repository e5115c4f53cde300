import Synchronization
package import WaybillBroker
package import WaybillCore
import WaybillStore
package import WaybillTimeouts

/// How the engine is: asked at any time, also from within a read, without a wait for the writer.
package struct Vitals: Sendable {
    // As of the last write:

    /// Who holds timeouts of orders; nil: they fire when they are due.
    package var hold: TimeoutHold?
    /// Why nothing is accepted any more.
    package var stopped: String?
    /// Writes committed since the file was opened.
    package var writes: UInt64 = 0
    /// How long the last write took, its commit included.
    package var lastWriteTook = Interval(milliseconds: 0)
    /// How long writes took, their commits included.
    package var writeDurations = Buckets.ofWrites
    /// How many requests writes held.
    package var writeSizes = Buckets.ofRequests
    /// The last committed position of the journal.
    package var lastPosition = Position(0)
    /// How late timeouts of orders have fired since the file was opened.
    package var lateness = LatenessHistogram()
    /// The same of all kinds, in buckets.
    package var latenessByKind = LatenessByKind()
    /// How long it took to bring the log back into the file, in nanoseconds.
    package var checkpointDurations = Buckets.ofWrites
    /// Checkpoints that failed since the file was opened.
    package var checkpointFailures: UInt64 = 0
    /// What loops could not do since the file was opened, by ``LoopFailure/Loop/name``.
    package var loopFailures: [String: UInt64] = [:]
    /// The uptime at which a loop has failed last, by the same names.
    package var lastLoopFailures: [String: Interval] = [:]

    // As it is now:

    /// Whether work from outside is refused because the file is about to be closed.
    package var isDraining = false
    package var isClockHeld = false
    /// Nil: the system does not say.
    package var freeDiskPercent: Int?
    /// Requests that wait for the writer, with those that keep their place for its next write.
    package var waitingRequests = 0
    /// How long the oldest of them has waited; nil: none waits.
    package var oldestWait: Interval?
    /// Modules that wait for their turn to write.
    package var waitingModules = 0
    /// The log that has not been brought back into the file, as of the last look at it.
    package var walBytes = 0
    /// Questions that wait for a producer or for its answer.
    package var checksInFlight = 0
    /// Receives that wait for a message.
    package var waitingReceives = 0

    /// A timeout has fired.
    mutating func fired(_ one: Lateness) {
        latenessByKind.record(one)
        if one.isOfOrder { lateness.record(one.late) }
    }

    /// Where the writer and the loops put what they know.
    final class Board: Sendable {
        fileprivate struct State {
            var vitals = Vitals()
            /// Those who wait for the engine to stop.
            var watchers: [UInt64: CheckedContinuation<String?, Never>] = [:]
            var nextWatcher: UInt64 = 0
            var isClosed = false
        }

        private let state = Mutex(State())
        private let report: @Sendable (LoopFailure) -> Void

        private let uptime: @Sendable () -> Interval

        init(uptime: @escaping @Sendable () -> Interval, report: @escaping @Sendable (LoopFailure) -> Void) {
            self.uptime = uptime
            self.report = report
        }

        var now: Vitals { state.withLock { $0.vitals } }

        /// How many tasks wait for the engine to stop.
        var watcherCount: Int { state.withLock { $0.watchers.count } }

        func update(_ change: (inout Vitals) -> Void) {
            let (watchers, stopped) = state.withLock { state in
                change(&state.vitals)
                return state.vitals.stopped == nil ? ([], nil) : (state.takeWatchers(), state.vitals.stopped)
            }
            for watcher in watchers { watcher.resume(returning: stopped) }
        }

        /// Counts what a loop could not do, and tells whom the settings name.
        func failed(_ failure: LoopFailure) {
            let now = uptime()
            state.withLock { state in
                state.vitals.loopFailures[failure.loop.name, default: 0] += 1
                state.vitals.lastLoopFailures[failure.loop.name] = now
            }
            report(failure)
        }

        /// Waits until nothing is accepted any more, and says why; nil: the file was closed, or the task is cancelled.
        func waitForStop() async -> String? {
            let number = state.withLock { state in
                state.nextWatcher += 1
                return state.nextWatcher
            }
            return await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    let (isOver, why) = state.withLock { state -> (Bool, String?) in
                        if state.vitals.stopped != nil || state.isClosed || Task.isCancelled {
                            return (true, state.vitals.stopped)
                        }
                        state.watchers[number] = continuation
                        return (false, nil)
                    }
                    if isOver { continuation.resume(returning: why) }
                }
            } onCancel: {
                state.withLock { $0.watchers.removeValue(forKey: number) }?.resume(returning: nil)
            }
        }

        /// The file was closed: it will not stop any more.
        func close() {
            let (watchers, stopped) = state.withLock { state in
                state.isClosed = true
                return (state.takeWatchers(), state.vitals.stopped)
            }
            for watcher in watchers { watcher.resume(returning: stopped) }
        }
    }
}

extension Vitals.Board.State {
    mutating func takeWatchers() -> [CheckedContinuation<String?, Never>] {
        defer { watchers = [:] }
        return Array(watchers.values)
    }
}

extension Engine {
    /// How it is now.
    package var vitalsNow: Vitals {
        var now = vitals.now
        now.isDraining = intake.isDraining
        now.isClockHeld = clock.isHeld
        now.freeDiskPercent = disk.freePercentSeen
        (now.waitingRequests, now.oldestWait) = intake.waiting(at: world.uptime())
        now.waitingModules = intake.moduleCount
        now.walBytes = store.walBytesSeen
        now.checksInFlight = checksInFlight
        now.waitingReceives = groups.waitingCount
        return now
    }

    /// Waits until nothing is accepted any more, and says why; nil: the file was closed, or the task is cancelled.
    package func waitForStop() async -> String? { await vitals.waitForStop() }

    /// Counts what a loop could not do, and tells whom the settings name.
    package func report(_ failure: LoopFailure) { vitals.failed(failure) }
}
