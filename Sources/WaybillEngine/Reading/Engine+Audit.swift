import Synchronization
package import WaybillBroker
package import WaybillCore
import WaybillTimeouts

extension Engine {
    /// Audits what a caller outside did, in a write that has nothing else.
    package func audit(_ act: Act, by origin: Origin) async throws(Refusal) {
        try await withWriter { writer -> Result<Void, Refusal> in
            if let refusal = writer.refusalOfLate(origin) { return .failure(refusal) }
            return writer.ownWrite { write in
                writer.broker.note(act, by: origin, in: write)
                try writer.flush(in: write)
            }
        }.get()
    }

    /// Appends a note to the audits of the journal, in a write of its own.
    package func audit(_ note: AuditNote) throws(Refusal) {
        let outcome = writer.withLock { writer in
            writer.ownWrite { write in
                try writer.handler.audit([note], in: write)
                try writer.flush(in: write)
            }
        }
        return try outcome.get()
    }
}
