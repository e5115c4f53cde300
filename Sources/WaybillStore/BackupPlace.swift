import Foundation

/// Where a copy comes to be.
///
/// ```
/// nothing ──claimed──► FILE.part, locked ──filled──► whole ──synced, checked──► FILE ──► its folder synced
///    ▲                        │ given up, or taken over after a kill
///    └────────────────────────┘
/// ```
/// Under its own name there is nothing or a whole copy, at any moment.
final class BackupPlace: Sendable {
    /// The file that is to be: an absolute path.
    let path: String
    /// What it is called until it is whole.
    let part: String
    /// Held open, and locked, until the copy is whole or given up.
    private let file: RawFile

    /// Takes the place, and empties what a killed process has left of `FILE.part`.
    ///
    /// - Parameter source: the file that is copied; nil: it is in memory.
    init(_ path: String, besides source: String?) throws(BackupFailure) {
        let full = try Self.check(path, besides: source)
        self.path = full
        part = full + ".part"
        do {
            file = try Self.claim(part)
            // Between the opening and the lock another program may have made its copy whole, and named this very file.
            guard try file.lock(), file.hasItsName() else {
                throw BackupFailure(.busy, "another copy is being made at \(full)")
            }
            try Self.checkRest(file)
            try file.truncate(to: 0)
        } catch {
            throw BackupFailure(error)
        }
    }

    /// How SQLite is given the unfinished copy: no other program opens it, so it needs none of SQLite's locks, which
    /// network disks may not have.
    func place(_ parameter: String) -> String {
        let name = part.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? part
        return "file:\(name)?\(parameter)"
    }

    /// Returns when what was written so far is on the disk.
    func sync() throws(StoreFailure) { try file.sync() }

    func bytes() throws(StoreFailure) -> Int { try file.size() }

    func write(_ bytes: [UInt8], at offset: Int) throws(StoreFailure) { try file.write(bytes, at: offset) }

    func bytes(_ count: Int, at offset: Int) throws(StoreFailure) -> [UInt8] { try file.bytes(count, at: offset) }

    /// Lets the next read ask the disk, as far as the system follows the advice.
    func forgetInMemory() { file.forgetInMemory() }

    /// Gives the whole copy its name, without replacing what may have come under it.
    func giveName() throws(BackupFailure) {
        guard file.hasItsName() else {
            throw BackupFailure(.badPlace, "\(part) was removed, or replaced, while the copy was made")
        }
        do {
            try NewFile.rename(part, to: path, replacing: false)
        } catch {
            throw Self.isThere(path) ? Self.exists(path) : BackupFailure(error)
        }
        do throws(StoreFailure) {
            try RawFile.syncDirectory(of: path)
        } catch {
            // A name that the next power loss may take away is worth nothing.
            _ = unlink(path)
            throw BackupFailure(error)
        }
    }

    /// Removes what there is of an unfinished copy, and lets others have the place. What another program has put under
    /// the name is left.
    func leave() {
        if file.hasItsName() { _ = unlink(part) }
        file.unlock()
    }

    /// Refuses a place at which no copy can be made.
    ///
    /// - Returns: its absolute path.
    @discardableResult
    static func check(_ path: String, besides source: String?) throws(BackupFailure) -> String {
        let full = try absolute(path)
        try checkNames(full, besides: source)
        return full
    }

    private static func absolute(_ path: String) throws(BackupFailure) -> String {
        guard !path.isEmpty, !path.utf8.contains(0) else { throw BackupFailure(.badPlace, "a copy needs a name") }
        let url = URL(fileURLWithPath: path)
        let folder = url.deletingLastPathComponent().resolvingSymlinksInPath().path
        guard !path.hasSuffix("/"), url.lastPathComponent != "..", url.lastPathComponent != "." else {
            throw BackupFailure(.badPlace, "\(path) is a folder; name a file in it")
        }
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
            throw BackupFailure(.badPlace, "\(folder) is no folder; make it first")
        }
        guard access(folder, W_OK | X_OK) == 0 else {
            throw BackupFailure(.badPlace, "\(folder) cannot be written: \(String(cString: strerror(errno)))")
        }
        return folder == "/" ? "/" + url.lastPathComponent : folder + "/" + url.lastPathComponent
    }

    /// Names under which SQLite or this program would take the copy for a part of something else.
    private static let reserved = ["-wal", "-shm", "-journal", ".lock", ".sock", ".new"]

    private static func checkNames(_ path: String, besides source: String?) throws(BackupFailure) {
        if let source, let suffix = reserved.first(where: { path == source + $0 }) {
            throw BackupFailure(.badPlace, "\(path) is the name of a part of \(source) (\(suffix)); choose another one")
        }
        guard !isThere(path) else { throw exists(path) }
        for suffix in ["-wal", "-journal", "-shm"] where isThere(path + suffix) {
            throw BackupFailure(
                .badPlace,
                "\(path)\(suffix) is there and would be taken for a part of the copy; move it away, or choose another "
                    + "name")
        }
    }

    private static func exists(_ path: String) -> BackupFailure {
        BackupFailure(.exists, "\(path) is there already, and a copy replaces nothing; choose another name")
    }

    /// Whether there is anything under a name, a link that leads nowhere included.
    private static func isThere(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    private static func claim(_ part: String) throws(StoreFailure) -> RawFile {
        guard isThere(part) else { return try RawFile(part, for: .making) }
        var status = stat()
        guard lstat(part, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_nlink == 1 else {
            throw StoreFailure(.cannotOpen, "\(part) is there and no unfinished copy; move it away")
        }
        return try RawFile(part, for: .writing)
    }

    /// What a killed process has left begins like a database, or with nothing: SQLite writes the first page last.
    private static func checkRest(_ file: borrowing RawFile) throws(StoreFailure) {
        let start = try file.bytes(16, at: 0)
        guard start.allSatisfy({ $0 == 0 }) || start == Array("SQLite format 3\0".utf8) else {
            throw StoreFailure(.cannotOpen, "\(file.path) is there and no unfinished copy; move it away")
        }
    }
}
