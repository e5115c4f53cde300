import Foundation
import GRDB

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
            let (queue, bootNumber, pageBytes) = try openWriter(file, settings: settings)
            let writer = try SerialConnection(queue)
            try writer.run { $0.watchWAL() }
            var readers: [SerialConnection] = []
            for _ in 0..<max(1, settings.readers) {
                readers.append(try SerialConnection(try openReader(file, settings: settings)))
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
            var configuration = Configuration()
            configuration.foreignKeysEnabled = false
            let queue = try DatabaseQueue(configuration: configuration)
            let (boot, pageBytes) = try queue.writeWithoutTransaction { database in
                try Pragmas.distrust(database)
                try Migrate.bring(database, from: 0)
                return (try raiseBootNumber(database), try pageSize(database))
            }
            return Store(
                settings: settings, path: nil, lock: nil, writer: try SerialConnection(queue), readers: [],
                bootNumber: boot, pageBytes: pageBytes)
        } catch {
            throw StoreFailure(error)
        }
    }

    private static func openWriter(_ path: String, settings: StoreSettings) throws -> (DatabaseQueue, Int64, Int) {
        let version = try checkedVersion(path, settings: settings)
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        configuration.busyMode = .timeout(settings.busyWaitSeconds)
        configuration.prepareDatabase { database in try Pragmas.distrust(database) }
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        let (boot, pageBytes) = try queue.writeWithoutTransaction { database in
            if version == 0 { try Pragmas.format(database, pageBytes: settings.pageBytes) }
            try Pragmas.setUpWriter(database, settings: settings, path: path)
            try Migrate.bring(database, from: version, to: settings.newestVersion)
            return (try raiseBootNumber(database), try pageSize(database))
        }
        return (queue, boot, pageBytes)
    }

    /// The version of the file; 0 when there is none yet. Asked on a connection that cannot write: even to close one
    /// that can would bring a foreign program's WAL into its file.
    private static func checkedVersion(_ path: String, settings: StoreSettings) throws -> Int {
        guard try FileIdentity.bytes(of: path) > 0 else { return 0 }
        let queue = try openReader(path, settings: settings)
        return try queue.unsafeRead { database in
            let version = try FileIdentity.version(of: database, path: path, newest: settings.newestVersion)
            if version > 0 { try FileSchema.check(database, version: version, path: path) }
            return version
        }
    }

    private static func openReader(_ path: String, settings: StoreSettings) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.foreignKeysEnabled = false
        configuration.busyMode = .timeout(settings.busyWaitSeconds)
        configuration.prepareDatabase { database in try Pragmas.setUpReader(database, settings: settings) }
        return try DatabaseQueue(path: path, configuration: configuration)
    }

    private static func raiseBootNumber(_ database: Database) throws -> Int64 {
        let number = try Int64.fetchOne(
            database,
            sql: """
                INSERT INTO setting (name, value) VALUES ('boot', 1)
                ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value
                """)
        return number ?? 1
    }

    private static func pageSize(_ database: Database) throws -> Int {
        try Int.fetchOne(database, sql: "PRAGMA page_size") ?? 4096
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

    private static func describe(_ error: any Error, path: String) -> StoreFailure {
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
