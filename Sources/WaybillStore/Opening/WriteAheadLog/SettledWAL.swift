import Foundation

/// What happens to the write-ahead log of a file of ours before SQLite's first connection to it.
enum SettledWAL {
    /// Throws when the log is damaged. Else it is brought to the disk: the part that counts is written again in place,
    /// byte for byte the same, and synced.
    ///
    /// After a sync that failed, Linux takes the pages for clean although the disk does not have them: a sync alone
    /// would prove nothing, and commits would be appended behind pages that vanish with the power. Bytes that are
    /// written again are dirty again. To bring the log into the file instead would overwrite the file from a log that
    /// is not on the disk. A reader outside sees no difference.
    ///
    /// What lies behind the part that counts is cut off: it belongs to no commit, and the next crash could take it for
    /// one.
    static func settle(_ path: String, settings: StoreSettings) throws(StoreFailure) {
        let log = path + "-wal"
        guard isFile(log) else { return }
        let locks = try WALLocks(of: path, waiting: settings.busyWaitSeconds)
        defer { locks.release() }
        let scan = try WALScan(of: log)
        guard try isOurs(path, scan) else { return }
        if let damage = scan.damage { throw try damage.refusal(of: path, scan) }
        guard settings.isDurable, scan.keptBytes > 0 else { return }
        try writeAgain(log, upTo: scan.keptBytes)
    }

    /// Throws when the log is damaged; changes nothing.
    static func check(_ path: String) throws(StoreFailure) {
        guard isFile(path + "-wal") else { return }
        let scan = try WALScan(of: path + "-wal")
        guard let damage = scan.damage, try isOurs(path, scan) else { return }
        throw try damage.refusal(of: path, scan)
    }

    /// Whether the newest first page bears our mark: in the log, if it was written since the last checkpoint. Asked
    /// without SQLite, and a foreign file is left as it is.
    static func isOurs(_ path: String, _ scan: WALScan) throws(StoreFailure) -> Bool {
        guard try sizeOfFile(path) > 0 else { return false }
        let start: [UInt8]
        if let header = scan.header, scan.frameOfFirstPage > 0 {
            let frame = header.pageBytes + WALFrameHeader.byteCount
            let offset = WALHeader.byteCount + (scan.frameOfFirstPage - 1) * frame + WALFrameHeader.byteCount
            start = try RawFile(path + "-wal", for: .reading).bytes(100, at: offset)
        } else {
            start = try RawFile(path, for: .reading).bytes(100, at: 0)
        }
        guard start.count == 100 else { return false }
        return start.withUnsafeBytes { $0.bigEndian32(at: 68) } == UInt32(FileIdentity.applicationID)
    }

    private static func writeAgain(_ log: String, upTo end: Int) throws(StoreFailure) {
        do throws(StoreFailure) {
            let file = try RawFile(log, for: .writing)
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: min(end, 1 << 20), alignment: 8)
            defer { buffer.deallocate() }
            var offset = 0
            while offset < end {
                let piece = UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(buffer.count, end - offset)])
                guard try file.read(into: piece, at: offset) == piece.count else {
                    throw StoreFailure(.inputOutput, "\(log) became shorter while it was read")
                }
                try file.write(UnsafeRawBufferPointer(piece), at: offset)
                offset += piece.count
            }
            if try file.size() > end { try file.truncate(to: end) }
            try file.sync()
            try RawFile.syncDirectory(of: log)
        } catch {
            throw StoreFailure(
                error.code,
                "\(error.message). The commits in it cannot be brought to the disk, so the file is not opened; look at "
                    + "the disk, then open it again")
        }
    }

    /// Something else in its place is SQLite's to refuse.
    private static func isFile(_ path: String) -> Bool {
        var isDirectory: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && !isDirectory.boolValue
    }

    private static func sizeOfFile(_ path: String) throws(StoreFailure) -> Int {
        guard isFile(path) else { return 0 }
        return try RawFile(path, for: .reading).size()
    }
}

extension WALDamage {
    /// Why a file with a damaged log is not opened: up to where it can be read, what lies behind, what would help.
    func refusal(of path: String, _ scan: WALScan) throws(StoreFailure) -> StoreFailure {
        let place = frame == 0 ? "its header is not whole" : "frame \(frame) is not whole"
        let last = try lastEvent(of: path, scan)
        let known =
            last.map { $0 == 0 ? "There is no event before it" : "The last event before it is \($0)" }
            ?? "What the last event before it is cannot be read"
        let commits = commitsBehind == 1 ? "1 commit lies" : "\(commitsBehind) commits lie"
        return StoreFailure(
            .damaged,
            """
            \(path)-wal is damaged: \(place), and it is no rest of a crash. \(known), and \(commits) behind. Nothing \
            was changed. Restore a backup, or let `waybill recover \(path)` keep what is before it.
            """)
    }

    func lastEvent(of path: String, _ scan: WALScan) throws(StoreFailure) -> Int64? {
        try PagesAtCommit(database: path, scan: scan).lastEvent()
    }
}
