import WaybillBroker
package import WaybillCore
import WaybillStore
import WaybillTimeouts

/// What is not about one order or stock and must be read up later all the same: a stream of its own in the journal.
extension CommandHandler {
    /// Appends what the broker has to say to the stream of audits.
    func audit(_ notes: [AuditNote], in write: borrowing Write) throws {
        for note in notes {
            try journal.append(note, in: write.transaction)
            tally.audits.append(note.type)
        }
    }
}

extension Journal {
    /// Appends an event to the stream of audits.
    mutating func append(_ note: AuditNote, in transaction: borrowing Transaction) throws {
        let stream = try transaction.numberSetting(.auditStream) ?? nextPosition.number
        let version = try (transaction.numberSetting(.auditVersion) ?? 0) + 1
        var header = EventHeader(type: note.type, at: note.at)
        header.caller = note.caller
        header.trace = note.trace
        try append(header, stream: StreamNumber(stream), version: version, in: transaction) { writer in
            writer.json(EventFormats.current.numbered(note.body))
        }
        try transaction.set(.auditStream, to: stream)
        try transaction.set(.auditVersion, to: version)
    }
}

extension Text {
    /// The name of the setting that says which stream the audits are.
    package static let auditStream: Text = "audit stream"
    static let auditVersion: Text = "audit version"
}

extension Engine {
    /// The audits after a version of their stream, the oldest first.
    package func audits(after version: Int64 = 0, limit: Int) throws -> [EventView] {
        try store.read { rows in
            guard version < .max, let stream = try rows.numberSetting(.auditStream) else { return [] }
            return try rows.events(
                of: StreamNumber(stream), fromVersion: max(0, version) + 1,
                limit: min(max(1, limit), 1_000)
            ).map { EventView($0) }
        }
    }

    /// The audits before a version of their stream, the newest first.
    ///
    /// - Parameter version: nil: all.
    package func audits(before version: Int64?, limit: Int) throws -> [EventView] {
        try store.read { rows in
            guard let stream = try rows.numberSetting(.auditStream), let last = try rows.numberSetting(.auditVersion)
            else { return [] }
            let end = min(version ?? .max, last + 1)
            let count = min(Int64(min(max(1, limit), 1_000)), end - 1)
            guard count > 0 else { return [] }
            return try rows.events(of: StreamNumber(stream), fromVersion: end - count, limit: Int(count))
                .reversed().map { EventView($0) }
        }
    }
}
