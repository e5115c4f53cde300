package import WaybillCore
import WaybillStore
import WaybillTimeouts

/// How far a job of any kind came, as its row says. What it is about, and which of its items comes next, its kind
/// knows.
package struct JobProgress: Hashable, Sendable {
    package let number: Int64
    /// Where it goes on, as its kind counts.
    private(set) var cursor: Int64
    /// How many items it has changed.
    package private(set) var changed: Int64
    /// What it could not change.
    package private(set) var failures = JobFailures()
    package private(set) var isDone: Bool
    package let isStopped: Bool
    /// It does nothing until an operator resumes it.
    package private(set) var isPaused: Bool
    package let startedAt: Moment
    package private(set) var changedAt: Moment

    /// A job that was just written down.
    init(number: Int64, at now: Moment) {
        self.number = number
        cursor = 0
        changed = 0
        isDone = false
        isStopped = false
        isPaused = false
        startedAt = now
        changedAt = now
    }

    init(_ row: JobRow) throws(EngineFailure) {
        do throws(JSONProblem) {
            (cursor, failures) = try JobFailures.read(row.cursor)
        } catch {
            throw row.damage("its cursor is \(row.cursor), byte \(error.offset): \(error.message)")
        }
        number = row.number
        changed = row.done
        isDone = row.state == .done
        isStopped = row.state == .stopped
        isPaused = row.state == .paused
        startedAt = row.createdAt
        changedAt = row.changedAt
    }

    /// After a step.
    ///
    /// - Parameters:
    ///   - cursor: where it goes on.
    ///   - end: where it is done.
    ///   - count: how many items the step has changed.
    ///   - failures: what it and the steps before could not change; nil: no more than before.
    mutating func advance(
        to cursor: Int64, end: Int64, changing count: Int64, failures: JobFailures? = nil, at now: Moment
    ) {
        self.cursor = cursor
        changed += count
        if let failures { self.failures = failures }
        isDone = cursor >= end
        isPaused = false
        changedAt = now
    }

    /// How its row says where it goes on.
    var cursorText: Text { failures.text(at: cursor) }
}

extension JobRow {
    /// What is wrong with a row.
    func damage(_ what: String) -> EngineFailure { .damaged("job \(number): \(what)") }
}

extension Transaction {
    /// Refuses one more job when as many run as may.
    func checkRunningJobs(max: Int) throws {
        guard max < .max else { return }
        guard try runningJobs(limit: max).count < max else {
            throw Refusal.limit("operations that run at a time", max: max)
        }
    }

    /// Refuses one more job when as many run as may, or as many as are kept have not ended; forgets those that ended
    /// long ago.
    func makeRoomForJob(runningMax: Int) throws {
        try checkRunningJobs(max: runningMax)
        let keptMax = Engine.jobsKeptMax
        guard let last = try jobNumber(behindNewest: keptMax - 1) else { return }
        guard try unfinishedJobs(limit: keptMax).count < keptMax else {
            throw Refusal.limit("operations that have not ended", max: keptMax)
        }
        try forgetEndedJobs(upTo: last, limit: keptMax)
    }

    /// Refuses a step that is done already, or whose job was paused or given up: nothing is changed twice.
    func check(stepOf job: JobProgress) throws {
        guard let row = try self.job(job.number), row.state == .running, row.cursor == job.cursorText else {
            throw Refusal.oneRunOfJob
        }
    }

    /// Gives a job up, also one that is paused; false: it had ended.
    func stop(_ row: JobRow, at now: Moment) throws -> Bool {
        // Only a running job moves.
        if row.state == .paused { _ = try changeJob(row.number, from: .paused, to: .running, at: now) }
        return try advanceJob(row.number, to: .stopped, cursor: row.cursor, done: row.done, at: now)
    }

    /// Moves the row of a job on, in the write of its step.
    func advance(_ job: JobProgress) throws {
        guard
            try advanceJob(
                job.number, to: job.isDone ? .done : .running, cursor: job.cursorText, done: job.changed,
                at: job.changedAt)
        else { throw Refusal.oneRunOfJob }
    }
}

extension Refusal {
    /// Two go on with the same job.
    package static var oneRunOfJob: Refusal { .limit("runs of a job at a time", max: 1) }
}

extension Engine {
    /// The newest jobs, of which rows are kept when they have ended. One that has not ended is always kept.
    package static let jobsKeptMax = 1_000

    /// Whether a job cannot go on in this process: another one works at it, or the book is closed or has stopped.
    package static func endsRun(_ error: any Error) -> Bool {
        if let failure = error as? StoreFailure { return [.closed, .failStopped].contains(failure.code) }
        switch error as? Refusal {
        case .shuttingDown, .failStopped: return true
        case let refusal: return refusal == .oneRunOfJob
        }
    }
}
