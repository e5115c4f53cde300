import WaybillBroker
package import WaybillCore
import WaybillStore
import WaybillTimeouts

/// The id of a file is made by the first engine that opens it, and is part of the chain of its journal from there on.
extension Engine {
    /// Gives a file its id unless it has one, and answers where its journal ends.
    ///
    /// A new file's chain begins with it. A file of an earlier release has a chain already: there an audited event says
    /// the id, and up to where messages keep the ids that they have.
    ///
    /// - Parameter isMade: whether a file without an id gets one; who only looks changes nothing.
    static func keepFileID(
        _ world: World, isMade: Bool, in transaction: borrowing Transaction
    ) throws -> JournalEnd {
        let end = try transaction.journalEnd()
        guard try isMade && transaction.fileID() == nil else { return end }
        let id = FileID(random: world.random)
        try transaction.set(.fileID, to: id.text)
        // Once more, because a migration knows no digests of rows.
        try transaction.set(.lastPlainID, to: try transaction.lastPlainID().number)
        guard let last = try transaction.event(at: end.position) else {
            try transaction.set(.chainSeed, to: Int64(bitPattern: id.chainSeed))
            return try transaction.journalEnd()
        }
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("file")
        writer.text(id.text)
        writer.key("last_plain_message_id")
        writer.int(try transaction.lastPlainID().number)
        writer.endObject()
        var journal = Journal(end: end)
        try journal.append(
            AuditNote(.fileEvent, at: max(world.now(), last.at), body: writer.bytes), in: transaction)
        journal.endWrite()
        return try transaction.journalEnd()
    }
}

extension EventName {
    /// The audit by which a file of an earlier release got its id.
    package static var fileEvent: EventName { "$file" }
}
