package import WaybillBroker
package import WaybillCore
package import WaybillStore
import WaybillTimeouts

/// Bulk work of any kind, and how far it came.
package enum EngineJob: Sendable {
    case timeouts(BulkTimeoutJob)
    case redrive(BulkRedriveJob)
    case backup(BackupJob)
    /// Its row says what this release cannot read: it is shown, and can be given up.
    case unreadable(UnreadableJob)

    init(_ row: JobRow) {
        do {
            switch row.kind {
            case Engine.bulkTimeouts: self = .timeouts(try BulkTimeoutJob(row))
            case Engine.bulkRedrive: self = .redrive(try BulkRedriveJob(row))
            case Engine.backup: self = .backup(try BackupJob(row))
            default: throw EngineFailure.damaged("job \(row.number) is of the unknown kind '\(row.kind)'")
            }
        } catch {
            self = .unreadable(UnreadableJob(row: row, failure: "\(error)"))
        }
    }

    /// The same as it stands in a file.
    fileprivate func seen(in store: Store) -> EngineJob {
        switch self {
        case .timeouts, .redrive, .unreadable: self
        case .backup(let job): .backup(job.seen(in: store))
        }
    }

    package var number: Int64 {
        switch self {
        case .timeouts(let job): job.progress.number
        case .redrive(let job): job.progress.number
        case .backup(let job): job.number
        case .unreadable(let job): job.row.number
        }
    }

    package var isDone: Bool {
        switch self {
        case .timeouts(let job): job.progress.isDone
        case .redrive(let job): job.progress.isDone
        case .backup(let job): job.isDone
        case .unreadable(let job): job.row.state == .done
        }
    }

    package var isStopped: Bool {
        switch self {
        case .timeouts(let job): job.progress.isStopped
        case .redrive(let job): job.progress.isStopped
        case .backup(let job): job.isStopped
        case .unreadable(let job): job.row.state == .stopped
        }
    }

    /// It does nothing until an operator resumes it.
    package var isPaused: Bool {
        switch self {
        case .timeouts(let job): job.progress.isPaused
        case .redrive(let job): job.progress.isPaused
        case .backup(let job): job.isPaused
        case .unreadable(let job): job.row.state == .paused
        }
    }

    /// Who started it; empty: a program that has the file open.
    package var by: Text {
        switch self {
        case .timeouts(let job): job.by
        case .redrive(let job): job.by
        case .backup(let job): job.by
        case .unreadable: ""
        }
    }

    /// What the audit says of it.
    ///
    /// - Parameter what: what became of it.
    package func act(_ what: String) -> Act {
        let values: RefusalValues = ["operation": .text("o\(number)"), "was": .text(what)]
        switch self {
        case .timeouts(let job): return Act("$operation", values.with("timeout", .text(job.change.name.text.string)))
        case .redrive(let job): return Act("$operation", values.with("group", .text(job.redrive.group.text.string)))
        case .backup(let job): return Act("$operation", values.with("file", .text(job.file.string)))
        case .unreadable(let job): return Act("$operation", values.with("kind", .text(job.row.kind.string)))
        }
    }
}

/// A job of which only its row is known.
package struct UnreadableJob: Sendable {
    package let row: JobRow
    /// Why it cannot be read.
    package let failure: Text
}

extension Engine {
    /// One page of all jobs before one, the newest first.
    package func jobs(before number: Int64 = .max, limit: Int) throws -> [EngineJob] {
        try store.read { rows in try rows.jobs(before: number, limit: min(max(limit, 1), Self.pageMax)) }
            .map { EngineJob($0).seen(in: store) }
    }

    /// One job, or nil.
    package func job(_ number: Int64) throws -> EngineJob? {
        try store.read { rows in try rows.job(number) }.map { EngineJob($0).seen(in: store) }
    }

    /// The jobs that were started and are neither done nor stopped nor paused, the oldest first.
    package func runningJobs() throws -> [EngineJob] {
        var jobs: [EngineJob] = []
        var walk = PageWalk(after: 0, by: \JobRow.number, limit: Self.pageMax)
        while let page = try walk.next({ last, limit in
            try store.read { snapshot in try snapshot.runningJobs(after: last, limit: limit) }
        }) { jobs += page.map(EngineJob.init) }
        return jobs
    }

    /// Handles the next page of a job in one write.
    package func step(_ job: EngineJob) async throws -> EngineJob {
        switch job {
        case .timeouts(let job): .timeouts(try await step(job))
        case .redrive(let job): .redrive(try await step(job))
        case .backup(let job): .backup(try await step(job))
        case .unreadable(let job): throw EngineFailure.damaged(job.failure.string)
        }
    }

    /// Gives a job up for a caller outside; what it has changed stays changed. False: it had ended.
    package func stop(
        _ number: Int64, by origin: Origin, form: @escaping @Sendable (Bool) -> Text
    ) async throws(Refusal) -> GivenAnswer<Bool> {
        try await change(number, by: origin, form: form) { row, write in
            try write.transaction.stop(row, at: write.now) ? "stopped" : nil
        }
    }

    /// Pauses a job for a caller outside: it does nothing until it is resumed, also after a restart. False: it did not
    /// run.
    package func pause(
        _ number: Int64, by origin: Origin, form: @escaping @Sendable (Bool) -> Text
    ) async throws(Refusal) -> GivenAnswer<Bool> {
        try await change(number, by: origin, form: form) { row, write in
            try write.transaction.changeJob(number, from: .running, to: .paused, at: write.now) ? "paused" : nil
        }
    }

    /// Lets a paused job run again for a caller outside; a worker of jobs has to go on with it. False: it was not
    /// paused.
    ///
    /// - Parameter runningMax: jobs of any kind that may run at a time.
    package func unpause(
        _ number: Int64, by origin: Origin, runningMax: Int = .max, form: @escaping @Sendable (Bool) -> Text
    ) async throws(Refusal) -> GivenAnswer<Bool> {
        try await change(number, by: origin, form: form) { row, write in
            guard row.state == .paused else { return nil }
            try write.transaction.checkRunningJobs(max: runningMax)
            return try write.transaction.changeJob(number, from: .paused, to: .running, at: write.now)
                ? "resumed" : nil
        }
    }

    /// Changes the state of a job, and says so in the audit.
    ///
    /// - Parameter body: answers what became of it; nil: nothing.
    private func change(
        _ number: Int64, by origin: Origin, form: @escaping @Sendable (Bool) -> Text,
        _ body: @escaping @Sendable (JobRow, inout Write) throws -> String?
    ) async throws(Refusal) -> GivenAnswer<Bool> {
        try await withWriter { writer in
            writer.ownWrite(for: origin, form: form) { write in
                guard let row = try write.transaction.job(number), let what = try body(row, &write) else {
                    return false
                }
                writer.broker.note(EngineJob(row).act(what), by: origin, in: write)
                try writer.flush(in: write)
                return true
            }
        }.get()
    }
}
