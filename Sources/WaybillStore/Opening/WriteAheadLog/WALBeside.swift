/// How far a file has come beside a damaged log: a checkpoint may have brought commits from behind the damage into it.
///
/// A page alone does not tell: it may have come back to the bytes that it had before. The journal only grows.
enum WALBeside {
    /// The file is not beyond what is before the damage: with that it is whole.
    case behind
    /// The file has every commit of the log: without the log it is whole.
    case complete
    /// The file has commits from behind the damage, and not all: neither with nor without the log is it whole.
    case between

    /// Compares the newest whole frame of each page with the page in the file, and the ends of the journal.
    init(_ path: String, _ scan: WALScan) throws(StoreFailure) {
        guard let header = scan.header else {
            // Nothing says which page a frame of such a log was: what the file has is what there is.
            self = .behind
            return
        }
        let newest = try Self.newestFrames(path + "-wal", header, after: scan.keptFrames)
        guard !newest.isEmpty else {
            self = .behind
            return
        }
        if try Self.isComplete(path, newest, header) {
            self = .complete
            return
        }
        let kept = try PagesAtCommit(database: path, scan: scan).lastEvent()
        let stored = try PagesAtCommit(database: path, scan: WALScan()).lastEvent()
        self = stored ?? 0 > kept ?? 0 ? .between : .behind
    }

    private static func isComplete(
        _ path: String, _ newest: [UInt32: Int], _ header: WALHeader
    ) throws(StoreFailure) -> Bool {
        let file = try RawFile(path, for: .reading)
        let log = try RawFile(path + "-wal", for: .reading)
        let frameBytes = header.pageBytes + WALFrameHeader.byteCount
        for (page, frame) in newest {
            let offset = WALHeader.byteCount + (frame - 1) * frameBytes + WALFrameHeader.byteCount
            let behind = try log.bytes(header.pageBytes, at: offset)
            let stored = try file.bytes(header.pageBytes, at: (Int(page) - 1) * header.pageBytes)
            if behind != stored { return false }
        }
        return true
    }

    /// The newest whole frame of each page that has one behind the part that is kept.
    private static func newestFrames(
        _ path: String, _ header: WALHeader, after kept: Int
    ) throws(StoreFailure) -> [UInt32: Int] {
        let file = try RawFile(path, for: .reading)
        var newest: [UInt32: Int] = [:]
        var previous = header.checksum
        var number = 0
        try WALFrames(pageBytes: header.pageBytes).forEach(in: file) { bytes in
            let frame = WALFrameHeader(bytes)
            number += 1
            let isWhole =
                number > kept && frame.salts == header.salts
                && frame.follows(previous, frame: bytes, isBigEndian: header.isBigEndian)
            previous = frame.checksum
            if isWhole { newest[frame.page] = number }
            return true
        }
        return newest
    }
}
