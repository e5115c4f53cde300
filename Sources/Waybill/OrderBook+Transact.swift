public import WaybillCore
import WaybillEngine

@_exported public import struct WaybillStore.ModuleRow
@_exported public import struct WaybillStore.ModuleTables
@_exported public import enum WaybillStore.SQLValue

/// The caller's own rows in the same write as a command.
extension OrderBook {
    /// Handles a command and, if it is accepted, runs `rows` in the same write: both are durable, or neither.
    ///
    /// The write is shared with nobody else. A closure that throws, ends the transaction, touches the engine's tables
    /// or overruns `deadline` undoes its own write, the command with it, and harms nobody else.
    ///
    /// - Throws: ``Refusal``: the command's own, or ``Refusal/rejectedByCaller(_:)`` when the closure failed.
    public func transact<Result: Sendable>(
        _ command: OrderCommand, deadline: Interval = .seconds(1),
        _ rows: @escaping @Sendable (borrowing ModuleTables) throws -> Result
    ) async throws(Refusal) -> (receipt: Receipt, result: Result) {
        try await engine.transact(command.command, deadline: deadline, rows)
    }
}
