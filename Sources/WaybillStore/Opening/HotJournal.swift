import Foundation

/// A rollback journal beside a file: what a release before this one left when it was killed while it made the file.
enum HotJournal {
    /// Lets SQLite roll back a journal of ours; one of another program stays as it is.
    static func rollBack(_ path: String) throws {
        guard try FileIdentity.bytes(of: path) > 1, let isOurs = try isOurs(path) else { return }
        guard isOurs else {
            throw StoreFailure(
                .foreign,
                "\(path) is a database of another program, with an unfinished write in \(path)-journal. Choose another "
                    + "file.")
        }
        let writer = SerialConnection(try Connection(path, for: .writing))
        defer { writer.close() }
        // The first read finds the journal and rolls it back.
        try writer.run { connection in try connection.execute("SELECT count(*) FROM sqlite_schema") }
    }

    /// Throws when a journal waits to be rolled back: who only looks may not.
    static func refuse(_ path: String) throws {
        guard try isOurs(path) != nil else { return }
        throw StoreFailure(
            .cannotOpen, "\(path)-journal holds an unfinished write; a command that writes to \(path) rolls it back.")
    }

    /// Nil: there is no journal that could be rolled back. Ours begins with no page, because it is of the making of the
    /// file, or lies beside a file that bears our mark.
    private static func isOurs(_ path: String) throws -> Bool? {
        guard try FileIdentity.bytes(of: path + "-journal") > 0 else { return nil }
        let journal = try RawFile(path + "-journal", for: .reading).bytes(20, at: 0)
        let magic: [UInt8] = [0xD9, 0xD5, 0x05, 0xF9, 0x20, 0xA1, 0x63, 0xD7]
        guard journal.count == 20, Array(journal.prefix(8)) == magic else { return nil }
        if journal.suffix(4).allSatisfy({ $0 == 0 }) { return true }
        let mark = try RawFile(path, for: .reading).bytes(4, at: 68)
        return mark.count == 4 && mark.withUnsafeBytes { $0.bigEndian32(at: 0) } == UInt32(FileIdentity.applicationID)
    }
}
