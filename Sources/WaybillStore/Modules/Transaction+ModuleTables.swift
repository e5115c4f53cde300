extension Transaction {
    /// What a module asks of its tables.
    package enum ModulePurpose: Sendable {
        /// Reads and changes rows.
        case rows
        /// Makes and changes tables as well.
        case migration
    }

    /// Hands a module its own rows for as long as `body` runs.
    ///
    /// Whatever `body` does, the write ends with all of its rows and the command's, or with none: if it ended the
    /// transaction (a trigger's ROLLBACK, an interrupted statement), or was late, this throws, and every verb after it.
    @discardableResult
    package func withModuleTables<Result>(
        deadlineSeconds: Double = 1, purpose: ModulePurpose = .rows, _ body: (borrowing ModuleTables) throws -> Result
    ) throws -> Result {
        switch purpose {
        case .rows: try connection.withModuleTables(deadlineSeconds: deadlineSeconds, mode: .module, body)
        case .migration: try connection.withModuleTables(deadlineSeconds: deadlineSeconds, mode: .moduleMigration, body)
        }
    }
}

extension Snapshot {
    /// Hands a module its own rows, to read, for as long as `body` runs.
    package func withModuleTables<Result>(
        deadlineSeconds: Double, _ body: (borrowing ModuleTables) throws -> Result
    ) throws -> Result {
        // Within a bounded read no longer than that.
        let seconds = min(deadlineSeconds, connection.deadline?.secondsLeft ?? deadlineSeconds)
        return try connection.withModuleTables(deadlineSeconds: seconds, mode: .moduleReading, body)
    }
}

extension Connection {
    fileprivate func withModuleTables<Result>(
        deadlineSeconds: Double, mode: StatementGuard.Mode, _ body: (borrowing ModuleTables) throws -> Result
    ) throws -> Result {
        if let lost = lostTransaction { throw lost }
        let deadline = Deadline(seconds: deadlineSeconds)
        // Within the closure of another module's tables it is that one's turn again afterwards.
        let outer = (mode: guarding.mode, deadline: self.deadline)
        guarding.mode = mode
        self.deadline = deadline
        deadline.arm(handle)
        defer {
            guarding.mode = outer.mode
            self.deadline = outer.deadline
            if let earlier = outer.deadline { earlier.arm(handle) } else { Deadline.disarm(handle) }
        }
        let result = try withExtendedLifetime(deadline) {
            try body(ModuleTables(self, deadline: deadline))
        }
        if let lost = lostTransaction { throw lost }
        try deadline.check()
        return result
    }
}
