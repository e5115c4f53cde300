package import WaybillCore

/// What a file keeps of its identity, and of the ids of its messages.
extension TableReader where Self: ~Copyable {
    /// The id of the file; nil: no engine of a release that knows ids has opened it to write.
    package func fileID() throws(StoreFailure) -> FileID? {
        if let known = connection.fileID { return known }
        connection.fileID = try textSetting(.fileID).flatMap { FileID($0) }
        return connection.fileID
    }

    /// Messages of events up to here keep the ids that releases without file ids gave them. A file that has not been
    /// brought to this release yet has only such.
    package func lastPlainID() throws(StoreFailure) -> Position {
        if let known = connection.lastPlainID { return known }
        guard let number = try numberSetting(.lastPlainID) else { return Position(.max) }
        connection.lastPlainID = Position(number)
        return Position(number)
    }

    /// What the digest of the first event is chained to: 0 in files that began before there were file ids.
    package func chainSeed() throws(StoreFailure) -> UInt64 {
        UInt64(bitPattern: try numberSetting(.chainSeed) ?? 0)
    }

    /// The digest of an event; nil: it is not there.
    package func digest(of event: Position) throws(StoreFailure) -> UInt64? {
        let statement = try query("SELECT digest FROM event WHERE position = ?1")
        statement.bind(1, event)
        return try statement.first { columns in UInt64(bitPattern: columns.integer(0)) }
    }
}

extension Text {
    /// The names of the settings that say which file it is, and up to which event messages have ids without a digest.
    package static let fileID: Text = "file id"
    package static let chainSeed: Text = "chain seed"
    package static let lastPlainID: Text = "last plain message id"
}
