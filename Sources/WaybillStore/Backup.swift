import CSQLite
import Foundation
import Synchronization
package import WaybillCore

/// A copy of the file that is made beside the work, some pages at a time, on the connection that writes.
///
/// SQLite begins a copy anew when another connection has changed the file; what its own connection writes it adds to
/// the copy. So between two steps writes go on, no snapshot is held that would keep the log from being truncated, and
/// the copy has everything that was committed before its last step.
///
/// An undone write would begin it anew too. After the first one writes are undone in place: see
/// ``Connection/undoesInPlace``.
package final class Backup: @unchecked Sendable {
    // Unchecked: the fields below are touched only while the writing connection is held.
    private let store: Store
    private let place: BackupPlace
    private var copy: Connection?
    private var handle: OpaquePointer?
    private var progress = BackupProgress()
    /// Beyond it the copy is given up: without an end it would only cost.
    private static let restartsMax = 100
    private static let cacheKiB = 2_048

    /// Takes the place of a copy and begins it; no page is copied yet.
    package init(of store: Store, to path: String) throws(BackupFailure) {
        self.store = store
        place = try BackupPlace(path, besides: store.path)
        guard store.backup.take(self) else {
            place.leave()
            throw BackupFailure(.busy, "another copy of this order book is being made; wait for its end")
        }
        do {
            try store.writer.run { try open(from: $0) }
        } catch {
            abandon()
            throw BackupFailure(error)
        }
    }

    private func open(from source: Connection) throws(StoreFailure) {
        let copy = try Connection(place.place("nolock=1"), for: .writing)
        self.copy = copy
        // Nothing here has to survive a crash: what is not whole is thrown away, and what is whole is synced once.
        try copy.execute(
            """
            PRAGMA journal_mode = MEMORY;
            PRAGMA synchronous = OFF;
            PRAGMA cache_size = -\(Self.cacheKiB);
            """)
        guard let handle = sqlite3_backup_init(copy.handle, "main", source.handle, "main") else {
            throw copy.failure(sqlite3_extended_errcode(copy.handle))
        }
        self.handle = handle
    }

    /// Refuses a place at which no copy can be made.
    package static func check(_ path: String, besides store: Store) throws(BackupFailure) {
        try BackupPlace.check(path, besides: store.path)
    }

    /// Where the copy will be.
    package var path: String { place.path }

    /// Copies the next pages. The writing connection is held meanwhile, so they are few.
    package func step(pages: Int) throws(BackupFailure) -> BackupProgress {
        do {
            return try store.writer.run { source in
                if progress.isComplete { return progress }
                if let stopped = source.stopped { throw stopped }
                guard let handle, let copy else { throw BackupFailure(.ended, "the copy was given up") }
                let code = sqlite3_backup_step(handle, Int32(clamping: max(1, pages)))
                switch code & 0xFF {
                case SQLITE_OK: try note(handle, source, expecting: progress.pagesDone + max(1, pages))
                case SQLITE_DONE:
                    try note(handle, source, expecting: 0)
                    // What is written from now on is not in it any more.
                    let end = sqlite3_backup_finish(handle)
                    self.handle = nil
                    guard end == SQLITE_OK else { throw copy.failure(end) }
                    source.undoesInPlace = false
                    copy.close()
                    self.copy = nil
                    progress.isComplete = true
                // A program outside is in the way; the next step tries again.
                case SQLITE_BUSY, SQLITE_LOCKED: break
                default:
                    throw StoreFailure(
                        sqliteCode: code, message: String(cString: sqlite3_errstr(code)),
                        systemError: sqlite3_system_errno(copy.handle))
                }
                return progress
            }
        } catch {
            throw BackupFailure(error)
        }
    }

    /// Takes down how far SQLite says that it is: less far than expected, it has begun anew.
    private func note(
        _ handle: OpaquePointer, _ source: Connection, expecting expected: Int
    ) throws(BackupFailure) {
        let pages = Int(sqlite3_backup_pagecount(handle))
        let done = pages - Int(sqlite3_backup_remaining(handle))
        if done < expected {
            progress.restarts += 1
            source.undoesInPlace = true
            guard progress.restarts <= Self.restartsMax else {
                throw BackupFailure(
                    .undone,
                    "the copy was begun anew \(Self.restartsMax) times because writes were undone; "
                        + "what undoes them is in the log of failures, or among the refusals")
            }
        }
        progress.pages = pages
        progress.pagesDone = done
    }

    /// Returns when what was copied so far is on the disk, so that the last sync is short.
    package func sync() throws(BackupFailure) {
        do throws(StoreFailure) { try place.sync() } catch { throw BackupFailure(error) }
    }

    /// Syncs a complete copy, checks it and gives it its name: only then is there anything under that name.
    ///
    /// - Parameter last: the last event that it must have at least.
    /// - Returns: its size in bytes.
    package func finish(with last: Position) throws(BackupFailure) -> Int {
        defer { abandon() }
        guard try step(pages: 1).isComplete else { throw BackupFailure(.ended, "the copy is not complete") }
        let bytes: Int
        do {
            try place.sync()
            bytes = try place.bytes()
            try check(last, bytes)
        } catch {
            throw BackupFailure(error)
        }
        try place.giveName()
        return bytes
    }

    /// Reads the whole copy as an opening and a check of SQLite would.
    private func check(_ last: Position, _ bytes: Int) throws {
        let reader = try Store.openReader(place.place("immutable=1"), settings: store.settings)
        defer { reader.close() }
        try reader.run { connection in
            let version = try FileIdentity.version(of: connection, path: place.part, newest: Migrate.newest)
            try FileSchema.check(connection, version: version, path: place.part)
            let pages = try connection.statement("PRAGMA page_count").first { $0.integer(0) } ?? 0
            let lines = try connection.statement("PRAGMA quick_check(1)").all { columns in columns.text(0) }
            guard lines == ["ok"], Int(pages) * store.pageBytes == bytes else {
                throw StoreFailure(
                    .damaged,
                    "the copy is not what was written (\(lines.first ?? "no answer"), \(pages) pages in "
                        + "\(bytes) bytes): does the disk under \(place.part) keep what it is given?")
            }
            try connection.beginReading()
            let end = try Snapshot(connection).journalEnd().position
            try connection.rollback()
            guard end >= last else {
                throw StoreFailure(.damaged, "the copy ends at event \(end.number), and event \(last.number) was there")
            }
        }
    }

    /// What lies at a place, if it is the whole copy that this job has made there: the job is in it, and runs. Only a
    /// whole copy has its name.
    package static func made(
        by job: JobRow, at path: String, of store: Store
    ) throws(BackupFailure) -> (last: Position, bytes: Int)? {
        let id: Text?
        do { id = try store.read { rows in try rows.fileID()?.text } } catch { throw BackupFailure(error) }
        do {
            let name = path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? path
            let reader = try Store.openReader("file:\(name)?immutable=1", settings: store.settings)
            defer { reader.close() }
            return try reader.run { connection in
                let version = try FileIdentity.version(of: connection, path: path, newest: Migrate.newest)
                try FileSchema.check(connection, version: version, path: path)
                try connection.beginReading()
                let rows = Snapshot(connection)
                let copied = try rows.job(job.number)
                let isOfJob =
                    copied?.state == .running && copied?.request == job.request && copied?.createdAt == job.createdAt
                let isOfFile = try rows.fileID()?.text == id
                let last = try rows.journalEnd().position
                let pages = try connection.statement("PRAGMA page_count").first { $0.integer(0) } ?? 0
                try connection.rollback()
                return isOfJob && isOfFile ? (last, Int(pages) * store.pageBytes) : nil
            }
        } catch {
            // Whatever cannot be read as a copy of this file is none of this job.
            return nil
        }
    }

    /// Gives the copy up, if it is not finished: nothing of it stays.
    package func abandon() {
        guard store.backup.leave(self) else { return }
        do {
            try store.writer.run { source in
                source.undoesInPlace = false
                release()
            }
        } catch {
            // The store is closed: nothing uses the connection any more.
            release()
        }
        place.leave()
    }

    private func release() {
        if let handle { sqlite3_backup_finish(handle) }
        handle = nil
        copy?.close()
        copy = nil
    }
}

/// The one copy that may be made of a store at a time.
final class BackupSlot: Sendable {
    private let running = Mutex<Backup?>(nil)

    /// The copy that is being made.
    var backup: Backup? { running.withLock { $0 } }

    /// False: another one has it.
    func take(_ backup: Backup) -> Bool {
        running.withLock { running in
            guard running == nil else { return false }
            running = backup
            return true
        }
    }

    /// False: it did not have it any more.
    func leave(_ backup: Backup) -> Bool {
        running.withLock { running in
            guard running === backup else { return false }
            running = nil
            return true
        }
    }
}
