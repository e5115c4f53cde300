import GRDB

/// What tells a file of ours from any other, and its release from another.
enum FileIdentity {
    /// "WBIL", in the header of every file.
    static let applicationID: Int64 = 0x5742_494C

    /// The version of the file, 0 when it is empty; throws when the file is not ours, or of a later release. Reads
    /// only: a foreign file stays as it is, to the byte.
    static func version(of database: Database, path: String, newest: Int64) throws -> Int64 {
        let application = try Int64.fetchOne(database, sql: "PRAGMA application_id") ?? 0
        let version = try Int64.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        if application == 0, version == 0, try isEmpty(database) { return 0 }
        guard application == applicationID else {
            throw StoreFailure(
                .foreign,
                "\(path) is a database of another program (application id \(application)). Choose another file.")
        }
        guard version <= newest else {
            throw StoreFailure(
                .newer,
                """
                \(path) was written by a later release: its version is \(version), and this one knows up to \
                \(newest). Use that release.
                """)
        }
        guard version > 0 else {
            throw StoreFailure(.damaged, "\(path) bears our mark but no version. Restore it from a backup.")
        }
        return version
    }

    private static func isEmpty(_ database: Database) throws -> Bool {
        try Int64.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema") == 0
    }
}
