import Foundation
import WaybillCore

extension Store {
    /// Opens a file, and makes it if it is not there. Checks before it changes: the lock, the file system, whose file
    /// it is and of which release; then brings it to this release's version.
    package static func open(_ path: String, settings: StoreSettings = StoreSettings()) throws(StoreFailure) -> Store {
        let file = try resolve(path)
        try FileSystem.check(directory: (file as NSString).deletingLastPathComponent)
        let lock = try LockFile(for: file)
        do {
            try FileIdentity.checkNames(of: file)
            try SettledWAL.settle(file, settings: settings)
            try HotJournal.rollBack(file)
            let version = try makeOrCheck(file, settings: settings)
            let writer = try openWriter(file, version: version, settings: settings)
            var readers: [SerialConnection] = []
            let (bootNumber, pageBytes): (Int64, Int)
            do {
                for _ in 0..<max(1, settings.readers) {
                    readers.append(try openReader(file, settings: settings))
                }
                try Migrate.bring(writer, from: version, to: settings.newestVersion)
                (bootNumber, pageBytes) = (try raiseBootNumber(writer, settings), try pageSize(writer))
            } catch {
                // The writer first: who closes last checkpoints, and nobody should when a commit has just failed.
                writer.close()
                for reader in readers { reader.close() }
                throw error
            }
            return Store(
                settings: settings, path: file, lock: lock, writer: writer, readers: readers, bootNumber: bootNumber,
                pageBytes: pageBytes)
        } catch {
            throw describe(error, path: file)
        }
    }

    /// Whether there is a database in a file, of whatever kind: to open an empty one makes it a new one. SQLite takes a
    /// single byte for nothing.
    package static func holdsAnything(_ path: String) throws(StoreFailure) -> Bool {
        do {
            return try FileIdentity.bytes(of: path) > 1
        } catch {
            throw describe(error, path: path)
        }
    }

    /// A store that lives as long as its object.
    package static func inMemory(settings: StoreSettings = StoreSettings()) throws(StoreFailure) -> Store {
        do {
            let writer = SerialConnection(try Connection(Connection.memory, for: .writing))
            try Migrate.bring(writer, from: 0)
            return Store(
                settings: settings, path: nil, lock: nil, writer: writer, readers: [],
                bootNumber: try raiseBootNumber(writer, settings), pageBytes: try pageSize(writer))
        } catch {
            throw StoreFailure(error)
        }
    }

    private static func openWriter(
        _ path: String, version: Int, settings: StoreSettings
    ) throws -> SerialConnection {
        let writer = SerialConnection(
            try Connection(path, for: .writing, busyWaitSeconds: settings.busyWaitSeconds))
        try writer.run { connection in
            if version == 0 { try Pragmas.format(connection, pageBytes: settings.pageBytes) }
            try Pragmas.setUpWriter(connection, settings: settings, path: path)
            connection.watchWAL()
        }
        return writer
    }

    /// The version of the file, which is made if there is none. An empty database of any program becomes one of ours.
    private static func makeOrCheck(_ path: String, settings: StoreSettings) throws -> Int {
        // SQLite takes a single byte for nothing.
        guard try FileIdentity.bytes(of: path) <= 1 else { return try checkedVersion(path, settings: settings) }
        try NewFile.make(path, settings: settings)
        return settings.newestVersion
    }

    /// The version of the file; 0 when there is nothing in it. Asked on a connection that cannot write: even to close
    /// one that can would bring a foreign program's WAL into its file.
    ///
    /// - Parameter place: the name that SQLite is given, if it is another one.
    static func checkedVersion(_ path: String, at place: String? = nil, settings: StoreSettings) throws -> Int {
        let reader = try openReader(place ?? path, settings: settings)
        defer { reader.close() }
        return try reader.run { connection in
            let version = try FileIdentity.version(of: connection, path: path, newest: settings.newestVersion)
            if version > 0 { try FileSchema.check(connection, version: version, path: path) }
            return version
        }
    }

    static func openReader(_ place: String, settings: StoreSettings) throws -> SerialConnection {
        let reader = SerialConnection(
            try Connection(place, for: .reading, busyWaitSeconds: settings.busyWaitSeconds))
        try reader.run { connection in try Pragmas.setUpReader(connection, settings: settings) }
        return reader
    }

    private static func raiseBootNumber(_ writer: SerialConnection, _ settings: StoreSettings) throws -> Int64 {
        try writer.write { transaction in
            let known = try transaction.numberSetting("boot") ?? 0
            let number = (0..<Int64.max / 2).contains(known) ? known + 1 : 1
            if settings.newestVersion >= Migrate.newest {
                try transaction.set("boot", to: number)
            } else {
                // Tests only: in a file of an older version there are no digests.
                try transaction.connection.execute(
                    "INSERT OR REPLACE INTO setting (name, value) VALUES ('boot', \(number))")
            }
            return number
        }
    }

    static func pageSize(_ writer: SerialConnection) throws -> Int {
        try writer.run { connection in
            try connection.statement("PRAGMA page_size").first { columns in Int(columns.integer(0)) } ?? 4096
        }
    }

    /// The file behind all symbolic links: two names of one file must find the same lock.
    static func resolve(_ path: String) throws(StoreFailure) -> String {
        guard !path.isEmpty, !path.utf8.contains(0) else {
            throw StoreFailure(.cannotOpen, "a file needs a name")
        }
        let url = URL(fileURLWithPath: path).resolvingSymlinksInPath()
        var isDirectory: ObjCBool = false
        if FileManager.default.fileExists(atPath: url.path, isDirectory: &isDirectory), isDirectory.boolValue {
            throw StoreFailure(.cannotOpen, "\(path) is a directory. Name a file in it.")
        }
        return url.path
    }

    static func describe(_ error: any Error, path: String) -> StoreFailure {
        let failure = StoreFailure(error)
        switch failure.code {
        case .notADatabase:
            return StoreFailure(
                .notADatabase, "\(path) is not a SQLite database. Choose another file.",
                sqliteCode: failure.sqliteCode)
        case .damaged where failure.sqliteCode != 0:
            return StoreFailure(
                .damaged, "\(path) is damaged: \(failure.message). Restore it from a backup.",
                sqliteCode: failure.sqliteCode)
        case .readOnly:
            return StoreFailure(
                .readOnly,
                "\(path) cannot be written, and every opening is written down in it. Make the file writable, or a copy "
                    + "of it.", sqliteCode: failure.sqliteCode)
        case .cannotOpen where failure.sqliteCode != 0:
            return StoreFailure(
                .cannotOpen,
                "\(path): \(failure.message). May it be read and written, and \(path)-wal and -shm beside it?",
                sqliteCode: failure.sqliteCode)
        case .busy, .inputOutput, .full, .statement:
            return StoreFailure(failure.code, "\(path): \(failure.message)", sqliteCode: failure.sqliteCode)
        case .locked, .foreign, .newer, .networkFileSystem, .cannotOpen, .damaged, .constraint, .failStopped,
            .transactionEnded, .deadline, .denied, .limit, .closed:
            return failure
        }
    }
}
