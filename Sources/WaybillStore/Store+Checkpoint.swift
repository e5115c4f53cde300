import CSQLite
import Synchronization

extension Store {
    /// Brings the WAL back into the file when enough of it has gathered. The engine calls it between two writes, after
    /// it has handed out the outcomes of the first: the time it takes is then nobody's waiting time.
    ///
    /// - Parameter requests: how many the last write had.
    /// - Returns: whether enough of it had gathered.
    @discardableResult
    package func checkpointIfDue(after requests: Int = .max) throws -> Bool {
        guard !isLook else { return false }
        let (pages, wasDue) = try writer.run { connection in
            try rejectStopped(connection)
            // A WAL that was restarted since the last checkpoint has fewer pages than it had then.
            if connection.walPages < connection.walPagesAtCheckpoint { connection.walPagesAtCheckpoint = 0 }
            let due = (connection.walPages - connection.walPagesAtCheckpoint) * frameBytes
            let isDue = due >= settings.passiveCheckpointBytes.bytes(after: requests)
            if isDue { try checkpoint(connection, SQLITE_CHECKPOINT_PASSIVE) }
            walPagesSeen.store(connection.walPages, ordering: .relaxed)
            return (connection.walPages, isDue)
        }
        // Passive was enough if it lets the next write start the WAL from its beginning; readers may prevent that.
        let bytes = pages * frameBytes
        guard truncation.withLock({ $0.isDue(at: bytes) }) else { return wasDue }
        if try !truncate() { truncation.withLock { $0.wasHeldUp(at: bytes) } }
        return true
    }

    /// Brings the whole WAL back and truncates it; false: there was nothing in it.
    @discardableResult
    package func checkpointWhenIdle() throws -> Bool {
        guard !isLook else { return false }
        let pages = try writer.run { connection in
            try rejectStopped(connection)
            return connection.walPages
        }
        if pages > 0 { _ = try truncate() }
        return pages > 0
    }

    /// Bytes of the log that are not back in the file, as of the last look at it.
    package var walBytesSeen: Int { walPagesSeen.load(ordering: .relaxed) * frameBytes }

    private var frameBytes: Int { pageBytes + 24 }

    /// How often the log was to be truncated because of its size, in vain or not.
    package var truncationAttempts: Int { truncation.withLock { $0.attempts } }

    /// Closes the gate, waits for open reads, truncates, opens the gate. Reads that stay longer win: false, and it is
    /// tried again later. A program outside that reads is not waited for: it may take its time, and orders would.
    private func truncate() throws -> Bool {
        guard let gate, gate.close(within: settings.readerWaitSeconds) else { return false }
        defer { gate.open() }
        return try writer.run { connection in
            sqlite3_busy_timeout(connection.handle, 0)
            defer { sqlite3_busy_timeout(connection.handle, Int32(settings.busyWaitSeconds * 1_000)) }
            return try checkpoint(connection, SQLITE_CHECKPOINT_TRUNCATE)
        }
    }

    /// A failed sync of the file is as bad as one of the WAL: the kernel may have dropped the pages it could not write.
    @discardableResult
    private func checkpoint(_ connection: Connection, _ mode: Int32) throws(StoreFailure) -> Bool {
        let code = sqlite3_wal_checkpoint_v2(connection.handle, nil, mode, nil, nil)
        switch code & 0xFF {
        case SQLITE_OK:
            if mode == SQLITE_CHECKPOINT_TRUNCATE { connection.walPages = 0 }
            walPagesSeen.store(connection.walPages, ordering: .relaxed)
            connection.walPagesAtCheckpoint = connection.walPages
            return true
        case SQLITE_BUSY, SQLITE_LOCKED:
            // A program outside reads the file. The next checkpoint will do what this one could not.
            connection.walPagesAtCheckpoint = connection.walPages
            return false
        default:
            let failure = connection.failure(code)
            connection.stop("a checkpoint failed: \(failure.message)", sqliteCode: code)
            throw failure
        }
    }

    private func rejectStopped(_ connection: Connection) throws(StoreFailure) {
        if let stopped = connection.stopped { throw stopped }
    }
}
