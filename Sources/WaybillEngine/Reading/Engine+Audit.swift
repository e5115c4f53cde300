import Synchronization
package import WaybillBroker
package import WaybillCore

extension Engine {
    /// Appends a note to the audits of the journal, in a write of its own.
    package func audit(_ note: AuditNote) throws(Refusal) {
        let outcome = writer.withLock { writer in
            writer.ownWrite { transaction in
                try writer.handler.append([note], in: transaction)
                try writer.flush(in: transaction)
            }
        }
        return try outcome.get()
    }
}
