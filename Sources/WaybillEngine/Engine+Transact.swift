import Synchronization
package import WaybillCore
package import WaybillStore
import WaybillTimeouts

/// A command and the caller's own rows in one write: both or neither.
extension Engine {
    /// Handles a command and, if it is accepted, runs `rows` in the same write; the write is shared with nobody else.
    ///
    /// A closure that throws, ends the transaction, touches the engine's tables or overruns `deadline` undoes its own
    /// write, the command with it, and harms nobody else.
    package func transact<Result: Sendable>(
        _ command: Command, deadline: Interval, _ rows: @escaping @Sendable (borrowing ModuleTables) throws -> Result
    ) async throws(Refusal) -> (receipt: Receipt, result: Result) {
        let outcome = try await withWriter { writer in writer.transact(command, deadline: deadline, rows) }
        return try outcome.get()
    }
}

extension Writer {
    func transact<Result: Sendable>(
        _ command: Command, deadline: Interval, _ rows: @Sendable (borrowing ModuleTables) throws -> Result
    ) -> Swift.Result<(receipt: Receipt, result: Result), Refusal> {
        if let stopped { return .failure(.failStopped(stopped)) }
        do {
            let outcome: Swift.Result<(receipt: Receipt, result: Result), Refusal> = try store.write { transaction in
                let answer = try handler.handle(command, at: world.now(), in: transaction)
                try handler.flush(in: transaction)
                switch answer {
                case .refused(let refusal):
                    return .failure(refusal)
                case .accepted(let receipt):
                    let seconds = Double(deadline.milliseconds) / 1_000
                    let result = try transaction.withModuleTables(deadlineSeconds: seconds) { try rows($0) }
                    return .success((receipt, result))
                }
            }
            didWrite()
            return outcome
        } catch {
            return .failure(undid(error))
        }
    }
}
