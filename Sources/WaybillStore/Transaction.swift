import CSQLite

/// The rows of one write. Borrowed by the write's closure and gone with it.
package struct Transaction: ~Copyable, TableReader {
    package let connection: Connection

    // Inlined into a specialized write, it crashes the optimizer of Swift 6.3.1 ("guaranteed value").
    @inline(never)
    init(_ connection: Connection) { self.connection = connection }

    func statement(_ sql: StaticString) throws(StoreFailure) -> Statement { try connection.statement(sql) }

    /// The rowid that the last INSERT of this write was given.
    var lastInsertedRow: Int64 { sqlite3_last_insert_rowid(connection.handle) }
}

/// The rows of one state of the file, to read.
package struct Snapshot: ~Copyable, TableReader {
    package let connection: Connection

    @inline(never)
    init(_ connection: Connection) { self.connection = connection }
}

/// What a write and a read have in common: every verb that changes nothing.
package protocol TableReader: ~Copyable {
    var connection: Connection { get }
}

extension TableReader where Self: ~Copyable {
    func query(_ sql: StaticString) throws(StoreFailure) -> Statement { try connection.statement(sql) }
}
