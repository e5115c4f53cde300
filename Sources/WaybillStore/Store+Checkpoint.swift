import GRDBSQLite

extension Store {
    /// Brings the WAL back into the file when enough of it has gathered. The engine calls it between two writes, after
    /// it has handed out the outcomes of the first: the time it takes is then nobody's waiting time.
    ///
    /// - Parameter requests: how many the last write had.
    package func checkpointIfDue(after requests: Int = .max) throws {
        let pages = try writer.run { connection in
            try rejectStopped(connection)
            // A WAL that was restarted since the last checkpoint has fewer pages than it had then.
            if connection.walPages < connection.walPagesAtCheckpoint { connection.walPagesAtCheckpoint = 0 }
            let due = (connection.walPages - connection.walPagesAtCheckpoint) * frameBytes
            if due >= settings.passiveCheckpointBytes.bytes(after: requests) {
                try checkpoint(connection, SQLITE_CHECKPOINT_PASSIVE)
            }
            return connection.walPages
        }
        // Passive was enough if it lets the next write start the WAL from its beginning; readers may prevent that.
        if pages * frameBytes >= settings.walBytesMax { try truncate() }
    }

    /// Brings the whole WAL back and truncates it, if there is anything in it.
    package func checkpointWhenIdle() throws {
        let pages = try writer.run { connection in
            try rejectStopped(connection)
            return connection.walPages
        }
        if pages > 0 { try truncate() }
    }

    private var frameBytes: Int { pageBytes + 24 }

    /// Closes the gate, waits for open reads, truncates, opens the gate. Reads that stay longer win: it tries again at
    /// the next call.
    private func truncate() throws {
        guard let gate, gate.close(within: settings.readerWaitSeconds) else { return }
        defer { gate.open() }
        try writer.run { connection in try checkpoint(connection, SQLITE_CHECKPOINT_TRUNCATE) }
    }

    /// A failed sync of the file is as bad as one of the WAL: the kernel may have dropped the pages it could not write.
    private func checkpoint(_ connection: Connection, _ mode: Int32) throws(StoreFailure) {
        let code = sqlite3_wal_checkpoint_v2(connection.handle, nil, mode, nil, nil)
        switch code & 0xFF {
        case SQLITE_OK:
            if mode == SQLITE_CHECKPOINT_TRUNCATE { connection.walPages = 0 }
            connection.walPagesAtCheckpoint = connection.walPages
        case SQLITE_BUSY, SQLITE_LOCKED:
            // A program outside reads the file. The next checkpoint will do what this one could not.
            connection.walPagesAtCheckpoint = connection.walPages
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
