import WaybillBroker
public import WaybillCore
import WaybillEngine
public import WaybillStore

/// Changes of a timeout for many orders at once: counted before, done page by page, resumed after a crash.
extension OrderBook {
    /// How many orders a change would touch now; changes nothing.
    ///
    /// - Throws: ``StoreFailure`` when the file cannot be read.
    public func countTimeouts(_ change: TimeoutChange) async throws(StoreFailure) -> Int64 {
        try await engine.onThread { [self] (_) throws(StoreFailure) in try countTimeouts(change) }
    }

    /// The same for scripts and virtual worlds: the caller's thread waits.
    ///
    /// - Throws: ``StoreFailure`` when the file cannot be read.
    public func countTimeouts(_ change: TimeoutChange) throws(StoreFailure) -> Int64 {
        try reading { try engine.count(change.change) }
    }

    /// Does a change to its end, and answers how many orders it has changed.
    ///
    /// Interrupted by a crash, it is found again with ``unfinishedTimeoutJobs()``.
    ///
    /// - Throws: ``Refusal`` when a write is refused; what was changed stays changed, and the job can be resumed.
    @discardableResult
    public func changeTimeouts(_ change: TimeoutChange) async throws(Refusal) -> Int64 {
        var job = try await startTimeoutJob(change)
        while !job.isDone { job = try await resume(job) }
        return job.changed
    }

    /// Writes a job down; nothing is changed before it is resumed. Orders placed from now on are not part of it.
    ///
    /// - Throws: ``Refusal`` when the write is refused.
    public func startTimeoutJob(_ change: TimeoutChange) async throws(Refusal) -> TimeoutJob {
        TimeoutJob(try await engine.start(change.change))
    }

    /// Handles the next orders of a job in one write: all of them, and how far the job came, or nothing.
    ///
    /// - Parameter ordersMax: orders that are looked at in this write, at most 1,000.
    /// - Returns: the job with how far it came; resume that one next.
    /// - Throws: ``Refusal``, also when this page is done already, or the job was paused or given up.
    public func resume(_ job: TimeoutJob, ordersMax: Int = 200) async throws(Refusal) -> TimeoutJob {
        TimeoutJob(try await engine.step(job.job, limit: min(max(ordersMax, 1), 1_000)))
    }

    /// The jobs that were started and are neither done nor given up, the oldest first; one that is paused too.
    ///
    /// - Throws: ``StoreFailure`` when the file cannot be read.
    public func unfinishedTimeoutJobs() async throws(StoreFailure) -> [TimeoutJob] {
        try await engine.onThread { [self] (_) throws(StoreFailure) in try unfinishedTimeoutJobs() }
    }

    /// The same for scripts and virtual worlds: the caller's thread waits.
    ///
    /// - Throws: ``StoreFailure`` when the file cannot be read.
    public func unfinishedTimeoutJobs() throws(StoreFailure) -> [TimeoutJob] {
        try reading { try engine.unfinishedBulkTimeouts().map { TimeoutJob($0) } }
    }

    /// Pauses a job: until ``unpause(_:)`` no step of it is done, by anyone, also after a restart.
    ///
    /// - Throws: ``Refusal`` when the write is refused.
    public func pause(_ job: TimeoutJob) async throws(Refusal) {
        _ = try await engine.pause(job.number, by: Origin(caller: "")) { _ in "" }
    }

    /// Lets a paused job run again: ``resume(_:ordersMax:)`` goes on with it.
    ///
    /// - Throws: ``Refusal`` when the write is refused.
    public func unpause(_ job: TimeoutJob) async throws(Refusal) {
        _ = try await engine.unpause(job.number, by: Origin(caller: "")) { _ in "" }
    }

    /// Gives a job up; what it has changed stays changed.
    ///
    /// - Throws: ``Refusal`` when the write is refused.
    public func stop(_ job: TimeoutJob) async throws(Refusal) { try await engine.stop(job.job) }
}

/// The same for an operator: an event `$operation` of the journal says who did it, and why.
extension OrderBook {
    /// Writes a job down. No server goes on with it by itself: it may be interrupted on purpose.
    package func startTimeoutJob(_ change: TimeoutChange, by origin: Origin) async throws -> TimeoutJob {
        let total = try await engine.onThread { (engine) throws in try engine.total(of: change.change) }
        switch try await engine.start(change.change, total: total, by: origin, isOfServer: false, form: { _ in "" }) {
        case .now(let job): return TimeoutJob(job)
        // Only under a key is there an earlier answer.
        case .before: throw Refusal.oneRunOfJob
        }
    }

    /// Says that a job goes on.
    package func noteResumption(of job: TimeoutJob, by origin: Origin) async throws {
        try await engine.audit(Act("$operation", ["operation": .text("o\(job.number)"), "was": "resumed"]), by: origin)
    }

    /// Gives a job up; what it has changed stays changed.
    package func stop(_ job: TimeoutJob, by origin: Origin) async throws {
        _ = try await engine.stop(job.number, by: origin) { _ in "" }
    }
}
