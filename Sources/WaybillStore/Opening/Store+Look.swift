import CSQLite
import Foundation
import WaybillCore

extension Store {
    /// Opens a file to look at it: the file and its log stay as they are, to the byte. Writes are refused.
    ///
    /// SQLite reads the file itself where it can do so without changing it. A copy in a temporary folder takes its
    /// place when the file is of an older release, whose tables this one brings to its own in the copy only; and when
    /// there is a log and the folder cannot be written, where SQLite has no place for its shared memory.
    ///
    /// - Parameter isShared: false: no other program knows of the file, and no lock file is left beside it.
    package static func look(
        _ path: String, settings: StoreSettings = StoreSettings(), isShared: Bool = true
    ) throws(StoreFailure) -> Store {
        let file = try resolve(path)
        try FileSystem.check(directory: (file as NSString).deletingLastPathComponent)
        let lock: LockFile? = try isShared ? LockFile(lookingAt: file) : nil
        do {
            try FileIdentity.checkNames(of: file)
            guard try holdsAnything(file) else {
                throw StoreFailure(.cannotOpen, "\(path): there is no database in it")
            }
            try SettledWAL.check(file)
            try HotJournal.refuse(file)
            let hasLog = try WALScan(of: file + "-wal").keptFrames > 0
            guard !hasLog || isWritable(folderOf: file) else { return try copy(of: file, lock, settings) }
            let place = hasLog ? file : unchanging(file)
            guard try checkedVersion(file, at: place, settings: settings) == settings.newestVersion else {
                return try copy(of: file, lock, settings)
            }
            return try Store(lookingAt: file, place: place, lock: lock, settings: settings)
        } catch {
            throw describe(error, path: file)
        }
    }

    private convenience init(
        lookingAt file: String, place: String, lock: LockFile?, settings: StoreSettings
    ) throws {
        var connections: [SerialConnection] = []
        for _ in 0...max(1, settings.readers) {
            connections.append(try Self.openReader(place, settings: settings))
        }
        let first = connections.removeLast()
        let bootNumber = try first.look { rows in try rows.numberSetting("boot") ?? 0 }
        self.init(
            settings: settings, path: file, lock: lock, writer: first, readers: connections, bootNumber: bootNumber,
            pageBytes: try Self.pageSize(first), isLook: true)
    }

    /// A copy of the file and of its log in a folder that goes with the store.
    private static func copy(of file: String, _ lock: LockFile?, _ settings: StoreSettings) throws -> Store {
        let folder = try TemporaryFolder()
        let name = (file as NSString).lastPathComponent
        let place = folder.path + "/" + name
        do {
            for suffix in ["", "-wal"] where FileManager.default.fileExists(atPath: file + suffix) {
                try FileManager.default.copyItem(atPath: file + suffix, toPath: place + suffix)
                // The copy is written, whatever the file may be.
                guard chmod(place + suffix, 0o600) == 0 else { throw RawFile.failure("cannot be changed", place) }
            }
        } catch let error as CocoaError where error.code == .fileWriteOutOfSpace {
            throw StoreFailure(.full, "\(folder.path) has no room for a copy of \(file); make room, or set TMPDIR")
        }
        var quick = settings
        quick.isDurable = false
        let store = try open(place, settings: quick)
        store.keep(folder, lock)
        return store
    }

    /// Where SQLite does not even look for a log.
    private static func unchanging(_ file: String) -> String {
        guard let escaped = file.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) else { return file }
        return "file:\(escaped)?immutable=1"
    }

    private static func isWritable(folderOf file: String) -> Bool {
        access((file as NSString).deletingLastPathComponent, W_OK) == 0
            && (access(file + "-shm", F_OK) != 0 || access(file + "-shm", R_OK | W_OK) == 0)
    }
}

/// A folder with a name of the system's choice, which goes with the object.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws(StoreFailure) {
        let place = FileManager.default.temporaryDirectory.path + "/waybill-look-XXXXXX"
        var name = Array(place.utf8CString)
        let isMade = name.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.map { mkdtemp($0) != nil } ?? false
        }
        path = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard isMade else { throw RawFile.failure("cannot be made", place) }
    }

    deinit {
        // What cannot be removed is a temporary file's rest: the system cleans it up.
        do { try FileManager.default.removeItem(atPath: path) } catch {}
    }
}
