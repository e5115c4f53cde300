import Synchronization

extension SerialConnection {
    /// The one door to the file: every write of the engine passes it, and it sees the COMMIT. All of what `body` did is
    /// durable when this returns, or none of it remains.
    ///
    /// An error of `body`, or of SQLite before the commit, undoes the write and is thrown on. An error of the commit
    /// itself leaves open what the file holds, so from then on every write throws ``StoreFailure/Code/failStopped``.
    ///
    /// - Parameter fault: tests only; a failure takes the place of the COMMIT.
    func write<Result>(
        failing fault: (() -> StoreFailure?)? = nil, _ body: (consuming Transaction) throws -> Result
    ) throws -> Result {
        try run { connection in
            if let stopped = connection.stopped { throw stopped }
            try connection.begin()
            let result: Result
            do {
                if connection.undoesInPlace { try connection.markBeginning() }
                result = try body(Transaction(connection))
                if let lost = connection.lostTransaction { throw lost }
                guard connection.isInTransaction else {
                    throw StoreFailure(.transactionEnded, "the write was ended before its commit; nothing was kept")
                }
            } catch {
                connection.undo(after: error)
                throw error
            }
            try connection.commit(failing: fault)
            connection.keys.endWrite()
            if connection.timeouts.endWrite() {
                let counts = connection.timeouts
                timeoutCounts.withLock { $0 = counts }
            }
            return result
        }
    }

    /// Shows one state of the file to a body that would write elsewhere: a statement that changes a row is refused.
    func look<Result>(_ body: (consuming Transaction) throws -> Result) throws -> Result {
        try run { connection in
            try connection.beginReading()
            let result: Result
            do {
                result = try body(Transaction(connection))
            } catch {
                try connection.rollback()
                throw error
            }
            try connection.rollback()
            return result
        }
    }
}

extension Connection {
    fileprivate func commit(failing fault: (() -> StoreFailure?)?) throws(StoreFailure) {
        do throws(StoreFailure) {
            if let failure = fault?() { throw failure }
            try commit()
        } catch {
            stop("COMMIT failed: \(error)", sqliteCode: error.sqliteCode)
            undo(after: error)
            var failure = error
            failure.isOutcomeUnknown = true
            throw failure
        }
    }

    /// Leaves the connection without a transaction, and without the memory of what the write had changed.
    fileprivate func undo(after error: any Error) {
        tails.forget()
        keys.rollBack()
        timeouts.rollBack()
        if let failure = error as? StoreFailure, failure.endsTheStore {
            stop(failure.message, sqliteCode: failure.sqliteCode)
        }
        if undoesInPlace, stopped == nil {
            do throws(StoreFailure) {
                try undoInPlace()
            } catch  where error.endsTheStore {
                stop("a write could not be undone: \(error)", sqliteCode: error.sqliteCode)
            } catch {
                // What the file says is the same either way: the rollback does it, and the copy is begun anew.
            }
        }
        do throws(StoreFailure) {
            try rollback()
        } catch {
            stop("ROLLBACK failed: \(error)", sqliteCode: error.sqliteCode)
        }
    }

    /// Ends all writing: what the file holds is not known any more.
    func stop(_ reason: String, sqliteCode: Int32) {
        guard stopped == nil else { return }
        stopped = StoreFailure(
            .failStopped, "\(reason). What the file holds is known again when it is opened again.",
            sqliteCode: sqliteCode)
    }
}
