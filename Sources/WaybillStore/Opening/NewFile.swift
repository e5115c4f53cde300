import Foundation

/// Makes a file: in full, under the name `FILE.new`, before it gets its own. A kill at any moment leaves no file or a
/// whole one; what it leaves of `FILE.new` is removed by the next try.
enum NewFile {
    /// The caller has the lock, and has seen that there is no database under the name.
    static func make(_ path: String, settings: StoreSettings) throws {
        try removeRests(beside: path)
        let new = path + ".new"
        for suffix in ["", "-journal", "-wal", "-shm"] { try remove(new + suffix) }
        let isReplaced = FileManager.default.fileExists(atPath: path)
        do {
            // SQLite gives the files beside it the same owner and mode.
            let made = try RawFile(new, for: .making)
            if isReplaced { try made.takeRights(of: path) }
        }
        try fill(new, settings: settings)
        guard try FileIdentity.bytes(of: new + "-wal") == 0 else {
            throw StoreFailure(.cannotOpen, "\(new)-wal was not brought into \(new); is another program at it?")
        }
        if settings.isDurable { try RawFile(new, for: .writing).sync() }
        try rename(new, to: path, replacing: isReplaced)
        if settings.isDurable { try RawFile.syncDirectory(of: path) }
    }

    /// Nothing waits for the disk here: all is synced at once before the file gets its name.
    private static func fill(_ new: String, settings: StoreSettings) throws {
        var quick = settings
        quick.isDurable = false
        let writer = SerialConnection(try Connection(new, for: .writing))
        defer { writer.close() }
        try writer.run { connection in
            try Pragmas.format(connection, pageBytes: settings.pageBytes)
            try Pragmas.setUpWriter(connection, settings: quick, path: new)
        }
        try Migrate.bring(writer, from: 0, to: settings.newestVersion)
    }

    /// A log or a journal without its file would be taken for the new one's.
    private static func removeRests(beside path: String) throws(StoreFailure) {
        let scan = try WALScan(of: path + "-wal")
        let commits = scan.keptCommits + (scan.damage?.commitsBehind ?? 0)
        guard commits == 0 else {
            throw StoreFailure(
                .damaged,
                "\(path) is missing or empty, and \(path)-wal holds \(commits) commits of it. Restore the file, or "
                    + "move \(path)-wal away.")
        }
        for suffix in ["-wal", "-journal"] { try remove(path + suffix) }
        try RawFile.syncDirectory(of: path)
    }

    private static func remove(_ path: String) throws(StoreFailure) {
        guard unlink(path) == 0 || errno == ENOENT else { throw RawFile.failure("cannot be removed", path) }
    }

    /// Without replacing what may have come under the name meanwhile, unless it was empty.
    static func rename(_ new: String, to path: String, replacing isReplaced: Bool) throws(StoreFailure) {
        if isReplaced {
            guard Foundation.rename(new, path) == 0 else { throw RawFile.failure("cannot get its name", path) }
            return
        }
        #if os(Linux)
            let code = renameWithoutReplacing(new, path)
            if code != 0, errno == EINVAL || errno == ENOSYS {
                // A file system that cannot: the lock keeps every other Waybill away.
                guard access(path, F_OK) != 0, Foundation.rename(new, path) == 0 else {
                    throw RawFile.failure("cannot get its name", path)
                }
                return
            }
        #else
            let code = renamex_np(new, path, UInt32(RENAME_EXCL))
        #endif
        guard code == 0 else { throw RawFile.failure("cannot get its name", path) }
    }

    #if os(Linux)
        private typealias RenameAt2 =
            @convention(c) (
                Int32, UnsafePointer<CChar>, Int32, UnsafePointer<CChar>, UInt32
            ) -> Int32

        /// `renameat2` with RENAME_NOREPLACE, which Swift does not see among the C functions.
        private static func renameWithoutReplacing(_ new: String, _ path: String) -> Int32 {
            guard let symbol = dlsym(nil, "renameat2") else {
                errno = ENOSYS
                return -1
            }
            return unsafeBitCast(symbol, to: RenameAt2.self)(AT_FDCWD, new, AT_FDCWD, path, 1)
        }
    #endif
}
