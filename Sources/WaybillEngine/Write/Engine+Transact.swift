import Synchronization
package import WaybillCore
package import WaybillStore
import WaybillTimeouts

/// A command and the caller's own rows in one write: both or neither.
extension Engine {
    /// Handles a command and, if it is accepted, runs `rows` in the same write; the write is shared with nobody else.
    /// The result is nil when the command was accepted before, under the same key: then its rows are there too.
    ///
    /// A closure that throws, ends the transaction, touches the engine's tables or overruns `deadline` undoes its own
    /// write, the command with it, and harms nobody else.
    package func transact<Result: Sendable>(
        _ command: Command, deadline: Interval, _ rows: @escaping @Sendable (borrowing ModuleTables) throws -> Result
    ) async throws(Refusal) -> (receipt: Receipt, result: Result?) {
        do throws(Refusal) {
            let outcome = try await withWriter { writer in writer.transact(command, deadline: deadline, rows) }
            return try outcome.get()
        } catch {
            refusals.note(.refused(error), to: command)
            throw error
        }
    }

    /// Makes or changes the caller's own tables, in a write of their own.
    package func migrateTables(
        deadline: Interval, _ migration: @escaping @Sendable (borrowing ModuleTables) throws -> Void
    ) async throws(Refusal) {
        try await writeTables(deadline: deadline, purpose: .migration, migration)
    }

    /// Changes the caller's own rows, in a write of their own.
    package func writeTables<Result: Sendable>(
        deadline: Interval, purpose: Transaction.ModulePurpose = .rows,
        _ rows: @escaping @Sendable (borrowing ModuleTables) throws -> Result
    ) async throws(Refusal) -> Result {
        let outcome: Swift.Result<Result, Refusal> = try await withWriter { writer in
            writer.ownWrite { write in
                let seconds = Double(deadline.milliseconds) / 1_000
                return try write.transaction.withModuleTables(deadlineSeconds: seconds, purpose: purpose) { tables in
                    try rows(tables)
                }
            }
        }
        return try outcome.get()
    }

    /// Reads the caller's own tables.
    package func readTables<Result>(
        deadline: Interval, _ rows: (borrowing ModuleTables) throws -> Result
    ) throws -> Result {
        try store.read { snapshot in
            try snapshot.withModuleTables(deadlineSeconds: Double(deadline.milliseconds) / 1_000, rows)
        }
    }
}

extension Writer {
    func transact<Result: Sendable>(
        _ command: Command, deadline: Interval, _ rows: @Sendable (borrowing ModuleTables) throws -> Result
    ) -> Swift.Result<(receipt: Receipt, result: Result?), Refusal> {
        while true {
            let outcome = ownWrite { write in
                let answer = try command.perform(by: self, in: &write)
                try flush(in: write)
                return try answer.map { try runRows(after: $0, deadline: deadline, rows, in: write) }
            }
            switch outcome {
            case .failure(let refusal): return .failure(refusal)
            case .success(let done?): return done
            // More was overdue than one write may fire: it is decided again in the next.
            case .success(nil): continue
            }
        }
    }

    private func runRows<Result: Sendable>(
        after answer: Answer, deadline: Interval, _ rows: @Sendable (borrowing ModuleTables) throws -> Result,
        in write: borrowing Write
    ) throws -> Swift.Result<(receipt: Receipt, result: Result?), Refusal> {
        switch answer {
        case .refused(let refusal):
            return .failure(refusal)
        case .accepted(let receipt) where receipt.isRepeat:
            return .success((receipt, nil))
        case .accepted(let receipt):
            let seconds = Double(deadline.milliseconds) / 1_000
            let result = try write.transaction.withModuleTables(deadlineSeconds: seconds) { tables in
                do {
                    return try rows(tables)
                } catch {
                    throw CallerFailure(error: error)
                }
            }
            return .success((receipt, result))
        }
    }
}

/// What a caller's closure threw: not the engine's failure.
struct CallerFailure: Error, CustomStringConvertible {
    let error: any Error
    var description: String { "\(error)" }
}
