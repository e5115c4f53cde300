import Foundation

/// What tells a file of ours from any other, and its release from another.
enum FileIdentity {
    /// "WBIL", in the header of every file.
    static let applicationID: Int64 = 0x5742_494C

    /// The version of the file, 0 when it is empty; throws when the file is not ours, or of a later release. Reads
    /// only: a foreign file stays as it is, to the byte.
    static func version(of connection: Connection, path: String, newest: Int) throws -> Int {
        let application = try number("PRAGMA application_id", connection)
        let version = try Int(number("PRAGMA user_version", connection))
        if application == 0, version == 0, try isEmpty(connection) { return 0 }
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
                \(newest). It is left as it is. Use that release, or restore the copy that was made before.
                """)
        }
        guard version > 0 else {
            throw StoreFailure(.damaged, "\(path) bears our mark but no version. Restore it from a backup.")
        }
        try checkLength(connection, path: path)
        return version
    }

    /// SQLite finds that whole pages are missing, but not that the last one was cut. With a WAL that is no damage: a
    /// checkpoint may have been interrupted there, and is done again.
    private static func checkLength(_ connection: Connection, path: String) throws {
        guard try bytes(of: path + "-wal") == 0 else { return }
        let pages = try Int(number("PRAGMA page_count", connection))
        let pageBytes = try Int(number("PRAGMA page_size", connection))
        guard try bytes(of: path) < pages * pageBytes else { return }
        throw StoreFailure(.damaged, "\(path) was cut short. Restore it from a backup.")
    }

    /// Throws when a file has another name besides this one: under that name it would have another lock and another
    /// WAL, and two processes that do not see each other would destroy it.
    static func checkNames(of path: String) throws {
        guard FileManager.default.fileExists(atPath: path) else { return }
        let count = try FileManager.default.attributesOfItem(atPath: path)[.referenceCount] as? Int ?? 1
        guard count > 1 else { return }
        throw StoreFailure(
            .cannotOpen,
            "\(path) has \(count) names (hard links): under another one a second process could open it unnoticed. "
                + "Remove the others, or open a copy.")
    }

    /// The size of a file; 0 when there is none.
    static func bytes(of path: String) throws -> Int {
        guard FileManager.default.fileExists(atPath: path) else { return 0 }
        return try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
    }

    private static func isEmpty(_ connection: Connection) throws(StoreFailure) -> Bool {
        try number("SELECT count(*) FROM sqlite_schema", connection) == 0
    }

    private static func number(_ sql: StaticString, _ connection: Connection) throws(StoreFailure) -> Int64 {
        try connection.statement(sql).first { columns in columns.integer(0) } ?? 0
    }
}
