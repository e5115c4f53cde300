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
        if let lost = connection.lostTransaction { throw lost }
        let deadline = Deadline(seconds: deadlineSeconds)
        connection.guarding.mode =
            switch purpose {
            case .rows: .module
            case .migration: .moduleMigration
            }
        deadline.arm(connection.handle)
        defer {
            connection.guarding.mode = .engine
            Deadline.disarm(connection.handle)
        }
        let result = try withExtendedLifetime(deadline) {
            try body(ModuleTables(connection, deadline: deadline))
        }
        if let lost = connection.lostTransaction { throw lost }
        try deadline.check()
        return result
    }
}
