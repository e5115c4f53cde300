public import WaybillCore
import WaybillEngine
public import WaybillStore

/// The caller's own rows in the same write as a command.
extension OrderBook {
    /// Handles a command and, if it is accepted, runs `rows` in the same write: both are durable, or neither.
    ///
    /// The result is nil when the command was accepted before, under the same key: its rows are there already.
    ///
    /// The write is shared with nobody else. A closure that throws, ends the transaction, touches the engine's tables
    /// or overruns `deadline` undoes its own write, the command with it, and harms nobody else.
    ///
    /// - Throws: ``Refusal``: the command's own, or ``Refusal/rejectedByCaller(_:)`` when the closure failed.
    public func transact<Result: Sendable>(
        _ command: OrderCommand, deadline: Interval = .seconds(1),
        _ rows: @escaping @Sendable (borrowing ModuleTables) throws -> Result
    ) async throws(Refusal) -> (receipt: Receipt, result: Result?) {
        try await engine.transact(command.command, deadline: deadline, rows)
    }

    /// Makes or changes the caller's own tables, in a write of their own: `CREATE TABLE IF NOT EXISTS ledger (...)`.
    ///
    /// - Throws: ``Refusal/rejectedByCaller(_:)`` when the closure failed; nothing is changed then.
    public func migrateTables(
        deadline: Interval = .seconds(1), _ migration: @escaping @Sendable (borrowing ModuleTables) throws -> Void
    ) async throws(Refusal) {
        try await engine.migrateTables(deadline: deadline, migration)
    }

    /// Changes the caller's own rows, in a write of their own.
    ///
    /// - Throws: ``Refusal/rejectedByCaller(_:)`` when the closure failed; nothing is changed then.
    @discardableResult
    public func writeTables<Result: Sendable>(
        deadline: Interval = .seconds(1), _ rows: @escaping @Sendable (borrowing ModuleTables) throws -> Result
    ) async throws(Refusal) -> Result {
        try await engine.writeTables(deadline: deadline, rows)
    }

    /// Reads the caller's own tables, as one committed state of the file.
    ///
    /// Short: a checkpoint may be waiting for it. What takes longer is asked for in pages.
    ///
    /// - Throws: ``StoreFailure`` of a statement, or what the closure throws.
    public func readTables<Result: Sendable>(
        deadline: Interval = Interval(milliseconds: 250),
        _ rows: @Sendable (borrowing ModuleTables) throws -> Result
    ) async throws -> Result {
        try await engine.onThread { (engine) throws in try engine.readTables(deadline: deadline, rows) }
    }

    /// The same for scripts and virtual worlds: the caller's thread waits.
    ///
    /// - Throws: ``StoreFailure`` of a statement, or what the closure throws.
    public func readTables<Result>(
        deadline: Interval = Interval(milliseconds: 250), _ rows: (borrowing ModuleTables) throws -> Result
    ) throws -> Result {
        try engine.readTables(deadline: deadline, rows)
    }
}
