import Synchronization
import WaybillBroker
package import WaybillCore
package import WaybillStore
import WaybillTimeouts

/// A copy of the file that a caller outside asked for. A process that goes on with it after a restart begins it anew:
/// what was copied of it fits the file no longer.
package struct BackupJob: Sendable {
    /// How it ended.
    package enum End: Sendable {
        case whole(last: Position, bytes: Int64)
        /// Why there is no copy.
        case failed(Text)
        /// An operator gave it up.
        case stopped
    }

    package let number: Int64
    /// Where the copy is to be.
    package let path: String
    /// Pages that are in the copy.
    package fileprivate(set) var pages: Int64
    /// Nil: it is being made, or paused.
    package fileprivate(set) var end: End?
    /// It does nothing until an operator resumes it; then it begins again.
    package fileprivate(set) var isPaused = false
    /// Who asked for it, and why.
    package let by: Text
    package let reason: Text
    package let startedAt: Moment
    package fileprivate(set) var changedAt: Moment
    /// By which number the system knows the file in which it was begun: the copy has another one. Nil: it is not said.
    fileprivate let fileNumber: Int64?

    /// The name of the copy in its folder.
    package var file: Text { Text(path.split(separator: "/").last.map(String.init) ?? path) }

    package var isDone: Bool { if case .whole = end { true } else { false } }

    package var isStopped: Bool { end != nil && !isDone }

    /// The same as it stands in a file: one that was begun in another file has ended with the copy that this file is.
    func seen(in store: Store) -> BackupJob {
        guard end == nil, let fileNumber, let here = store.fileNumber, fileNumber != here else { return self }
        var job = self
        job.isPaused = false
        job.end = .failed("this file is a copy of the one in which it was begun, and makes none for it")
        return job
    }

    /// Why there is no copy; nil: there is one, or may come to be.
    package var failure: Text? { if case .failed(let why) = end { why } else { nil } }
}

/// The copies that this process works at, by the numbers of their jobs.
final class BackupLoops: Sendable {
    private let loops = Mutex<[Int64: BackupLoop]>([:])

    subscript(number: Int64) -> BackupLoop? {
        get { loops.withLock { $0[number] } }
        set { loops.withLock { $0[number] = newValue } }
    }

    /// Gives the copy of a job up, if it is not whole.
    func end(_ number: Int64) { loops.withLock { $0.removeValue(forKey: number) }?.abandon() }
}

extension Engine {
    /// The kind of job rows.
    static let backup: Text = "backup"
    /// How long one step of a job copies.
    private static let stepTime = Interval.seconds(1)

    /// Why no copy can be made at a place; nil: it can.
    package func obstacle(toBackupAt path: String) -> BackupFailure? {
        do throws(BackupFailure) {
            try Backup.check(path, besides: store)
            return nil
        } catch {
            return error
        }
    }

    /// Writes a job down for a caller outside; nothing is copied before its first step.
    package func startBackup(
        to path: String, by origin: Origin, runningMax: Int, form: @escaping @Sendable (BackupJob) -> Text
    ) async throws -> GivenAnswer<BackupJob> {
        try await withWriter { writer in
            writer.ownWrite(for: origin, form: form) { write in
                try write.transaction.makeRoomForJob(runningMax: runningMax)
                let file = writer.store.fileNumber
                let request = BackupJob.request(path, by: origin, in: file)
                let number = try write.transaction.insertJob(
                    kind: Self.backup, request: Text(String(decoding: request, as: UTF8.self)), at: write.now)
                let job = BackupJob(
                    number: number, path: path, pages: 0, end: nil, by: origin.caller, reason: origin.reason,
                    startedAt: write.now, changedAt: write.now, fileNumber: file)
                writer.broker.note(EngineJob.backup(job).act("started"), by: origin, in: write)
                try writer.flush(in: write)
                return job
            }
        }.get()
    }

    /// Copies for a second, or to the end. What fails ends the job, and says why.
    package func step(_ job: BackupJob) async throws -> BackupJob {
        let row = try await onThread { (engine) throws in try engine.store.read { rows in try rows.job(job.number) } }
        guard let row, row.state == .running else {
            try await onThread { (engine) throws in engine.backups.end(job.number) }
            throw Refusal.oneRunOfJob
        }
        if job.end == nil, let end = job.seen(in: store).end {
            return try await noted(job, pages: Int(job.pages), end: end)
        }
        let (pages, end) = try await copy(job, row)
        guard let pages else { return job }
        do {
            return try await noted(job, pages: pages, end: end)
        } catch  where (error as? Refusal) == .oneRunOfJob {
            // It was paused or given up meanwhile: nothing of the copy stays.
            try await onThread { (engine) throws in engine.backups.end(job.number) }
            throw error
        }
    }

    /// - Returns: the pages of the copy, nil where it rested, and how it ended.
    private func copy(_ job: BackupJob, _ row: JobRow) async throws -> (pages: Int?, end: BackupJob.End?) {
        do throws(BackupFailure) {
            let loop = try await loop(of: job)
            let (progress, last) = try await loop.turns(for: Self.stepTime)
            guard progress.isComplete else { return (progress.pagesDone, nil) }
            let copy = try await loop.finish(progress, with: last)
            backups.end(job.number)
            return (progress.pagesDone, .whole(last: copy.last, bytes: Int64(copy.bytes)))
        } catch {
            try await onThread { (engine) throws in engine.backups.end(job.number) }
            switch error.kind {
            // The next process that has the file open begins it anew.
            case .ended: throw Refusal.failStopped(error.message)
            case .busy where world.virtualClock == nil:
                await world.rest(Self.stepTime)
                return (nil, nil)
            // The last process was killed after it had named the copy and before it could write so down.
            case .exists:
                let made = try await onThread { (engine) throws in
                    try Backup.made(by: row, at: job.path, of: engine.store)
                }
                if let made { return (Int(job.pages), .whole(last: made.last, bytes: Int64(made.bytes))) }
                return (Int(job.pages), .failed(Text(error.message)))
            case .busy, .badPlace, .full, .damaged, .inputOutput, .undone:
                return (Int(job.pages), .failed(Text(error.message)))
            }
        }
    }

    /// The copy of a job, which begins with the job's first step in this process.
    private func loop(of job: BackupJob) async throws(BackupFailure) -> BackupLoop {
        if let begun = backups[job.number] { return begun }
        let loop = try await onThread { (engine) throws(BackupFailure) in try BackupLoop(engine, to: job.path) }
        backups[job.number] = loop
        return loop
    }

    /// Writes down how far a job came; how it ended, in the audit too. It waits as long as the writer has no room: a
    /// copy that is made must not be lost because of that.
    func noted(_ job: BackupJob, pages: Int, end: BackupJob.End?) async throws -> BackupJob {
        while true {
            do throws(Refusal) {
                return try await write(job, pages, end)
            } catch {
                switch error {
                case .limit, .shuttingDown, .failStopped: throw error
                case _ where world.virtualClock != nil: throw error
                default:
                    report(LoopFailure(.operations, error, rest: Self.stepTime))
                    await world.rest(Self.stepTime)
                }
            }
        }
    }

    private func write(
        _ job: BackupJob, _ pages: Int, _ end: BackupJob.End?
    ) async throws(Refusal) -> BackupJob {
        try await withWriter { writer in
            writer.ownWrite { write in
                var next = job
                next.pages = Int64(pages)
                next.end = end
                next.changedAt = write.now
                let state: JobRow.State = next.isDone ? .done : next.isStopped ? .stopped : .running
                guard
                    try write.transaction.advanceJob(
                        job.number, to: state, cursor: next.cursor, done: next.pages, at: write.now)
                else { throw Refusal.oneRunOfJob }
                if let act = next.act {
                    writer.broker.note(act, by: Origin(caller: job.by, reason: job.reason), in: write)
                    try writer.flush(in: write)
                }
                return next
            }
        }.get()
    }
}

// MARK: What a job row says

extension BackupJob {
    /// `$backup`: what came of it; nil: it goes on.
    fileprivate var act: Act? {
        switch end {
        case .whole(let last, let bytes):
            Act("$backup", Self.values(file, last: last, bytes: bytes))
        case .failed(let why): Act("$backup", ["file": .text(file.string), "failure": .text(why.string)])
        case .stopped, nil: nil
        }
    }

    fileprivate static func values(_ file: Text, last: Position, bytes: Int64) -> RefusalValues {
        ["file": .text(file.string), "event": .text(last.text), "bytes": .number(bytes)]
    }

    /// Empty while it is being made; `LAST BYTES` of a whole copy; `!` and why there is none.
    fileprivate var cursor: Text {
        switch end {
        case .whole(let last, let bytes): Text("\(last.number) \(bytes)")
        case .failed(let why): Text("!\(why)")
        case .stopped, nil: ""
        }
    }

    init(_ row: JobRow) throws {
        number = row.number
        pages = row.done
        startedAt = row.createdAt
        changedAt = row.changedAt
        do throws(JSONProblem) {
            (path, by, reason, fileNumber) = try Self.read(Array(row.request.string.utf8))
        } catch {
            throw row.damage("its request, byte \(error.offset): \(error.message)")
        }
        let cursor = row.cursor.string
        switch row.state {
        case .running: end = nil
        case .paused: isPaused = true
        case .stopped: end = cursor.hasPrefix("!") ? .failed(Text(String(cursor.dropFirst()))) : .stopped
        case .done:
            let numbers = cursor.split(separator: " ").compactMap { Int64($0) }
            guard numbers.count == 2, numbers[0] >= 0 else { throw row.damage("its cursor is \(cursor)") }
            end = .whole(last: Position(numbers[0]), bytes: numbers[1])
        }
    }

    /// `{"path":..,"by":..,"reason":..,"file":..}`
    fileprivate static func request(_ path: String, by origin: Origin, in file: Int64?) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("path")
        writer.text(Text(path))
        writer.key("by")
        writer.text(origin.caller)
        writer.key("reason")
        writer.text(origin.reason)
        if let file {
            writer.key("file")
            writer.int(file)
        }
        writer.endObject()
        return writer.bytes
    }

    private static func read(_ json: [UInt8]) throws(JSONProblem) -> (String, Text, Text, Int64?) {
        var (path, by, reason): (Text, Text, Text) = ("", "", "")
        var file: Int64?
        try JSONReader.read(json) { reader throws(JSONProblem) in
            try reader.object { key, reader throws(JSONProblem) in
                switch key.string {
                case "path": path = try reader.text()
                case "by": by = try reader.text()
                case "reason": reason = try reader.text()
                case "file": file = try reader.int()
                default: throw reader.problem("unknown key \(key)")
                }
            }
        }
        return (path.string, by, reason, file)
    }
}

extension Engine {
    /// Says in the audit that a copy was made.
    package func audit(_ copy: BackupCopy, by origin: Origin) async throws {
        let file = copy.path.split(separator: "/").last.map(String.init) ?? copy.path
        try await audit(
            Act("$backup", BackupJob.values(Text(file), last: copy.last, bytes: Int64(copy.bytes))), by: origin)
    }
}
