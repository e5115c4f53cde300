public import WaybillCore
import WaybillEngine
import WaybillStore

/// How an order book is.
extension OrderBook {
    /// What a monitor looks at: one value, read without a wait for the writer, also from within a read or a write.
    public struct Vitals: Hashable, Sendable {
        /// Why nothing is accepted any more; nil: all is well. See ``OrderBook/stopped``.
        public var stopped: String?
        /// Whether work from outside is refused because the book is about to be closed: see
        /// ``OrderBook/drain(within:)``.
        public var isDraining: Bool
        /// Whether firing is held because the wall clock jumped ahead: see ``OrderBook/confirmClock()``.
        public var isClockHeld: Bool
        /// Who holds timeouts, and why; nil: they fire when they are due.
        public var timeoutHold: TimeoutHold?
        /// How much of the disk is free, in whole percent; nil: the system does not say. Below 10 no messages are
        /// taken, below 5 no orders.
        public var freeDiskPercent: Int?
        /// Requests that wait for the writer, of ``OrderBook/Settings/intakeDepthMax``, and those that keep their place
        /// for its next write.
        public var waitingRequests: Int
        /// How long the oldest of them has waited; nil: none waits.
        public var oldestWait: Interval?
        /// Modules that wait for their turn to write.
        public var waitingModules: Int
        /// Receives that wait for a message.
        public var waitingReceives: Int
        /// Questions about half messages that wait for a producer or for its answer.
        public var checksInFlight: Int
        /// Writes committed since the file was opened.
        public var writes: UInt64
        /// How long the last write took, its commit included.
        public var lastWriteTook: Interval
        /// The last committed position of the journal.
        public var lastPosition: Position
        /// Bytes of the log that have not been brought back into the file, as of the last write.
        public var walBytes: Int
        /// Checkpoints that failed since the file was opened: the log grows when they go on failing.
        public var checkpointFailures: UInt64
        /// How late timeouts fired.
        public var lateness: Lateness
        /// What loops could not do since the file was opened, by ``LoopFailure/Loop/name``; see
        /// ``OrderBook/Settings/report``.
        public var loopFailures: [String: UInt64]
        /// Raised at each opening of the file.
        public var bootNumber: Int64
        /// The version of the system's SQLite.
        public var sqliteVersion: String

        /// Whether everything that is due fires and everything is accepted.
        public var isFine: Bool { !isClockHeld && timeoutHold == nil && stopped == nil && !isDraining }
    }

    /// How late timeouts fired since the file was opened; right to an eighth.
    public struct Lateness: Hashable, Sendable {
        /// Timeouts that fired.
        public var count: UInt64
        /// Half of them were not later than this.
        public var median: Interval
        /// Of a hundred, 99 were not later than this.
        public var p99: Interval
        public var latest: Interval
    }

    /// How it is now.
    public var vitals: Vitals {
        let now = engine.vitalsNow
        return Vitals(
            stopped: now.stopped, isDraining: now.isDraining, isClockHeld: now.isClockHeld, timeoutHold: now.hold,
            freeDiskPercent: now.freeDiskPercent, waitingRequests: now.waitingRequests, oldestWait: now.oldestWait,
            waitingModules: now.waitingModules, waitingReceives: now.waitingReceives,
            checksInFlight: now.checksInFlight, writes: now.writes, lastWriteTook: now.lastWriteTook,
            lastPosition: now.lastPosition, walBytes: now.walBytes, checkpointFailures: now.checkpointFailures,
            lateness: Lateness(
                count: now.lateness.total, median: now.lateness.quantile(0.5), p99: now.lateness.quantile(0.99),
                latest: now.lateness.latest),
            loopFailures: now.loopFailures, bootNumber: engine.store.bootNumber, sqliteVersion: Store.sqliteVersion)
    }

    /// Waits until the engine stops because a commit has failed, and says why; nil: the book was closed, or the task is
    /// cancelled. A server ends then, and its next start opens the file again.
    public var stopped: String? {
        get async { await engine.waitForStop() }
    }
}
