/// How far a file has come beside a damaged log: a checkpoint may have brought commits from behind the damage into it.
enum WALBeside {
    /// The file is not beyond what is before the damage: with that it is whole.
    case behind
    /// The file has every commit of the log: without the log it is whole.
    case complete
    /// The file has commits from behind the damage, and not all: neither with nor without the log is it whole.
    case between

    /// Compares the newest whole frame of each page with the page in the file.
    init(_ path: String, _ scan: WALScan) throws(StoreFailure) {
        guard let header = scan.header else {
            // Nothing says which page a frame of such a log was: what the file has is what there is.
            self = .behind
            return
        }
        let newest = try Self.newestFrames(path + "-wal", header, after: scan.keptFrames)
        let kept = try PagesAtCommit(database: path, scan: scan)
        let file = try RawFile(path, for: .reading)
        let log = try RawFile(path + "-wal", for: .reading)
        let frameBytes = header.pageBytes + WALFrameHeader.byteCount
        var (isComplete, isBeyond) = (true, false)
        for (page, frame) in newest.sorted(by: { $0.key < $1.key }) {
            let offset = WALHeader.byteCount + (frame - 1) * frameBytes + WALFrameHeader.byteCount
            let behind = try log.bytes(header.pageBytes, at: offset)
            let stored = try file.bytes(header.pageBytes, at: (Int(page) - 1) * header.pageBytes)
            if behind != stored {
                isComplete = false
            } else if let before = try kept.page(page), before != behind {
                isBeyond = true
            }
        }
        self = newest.isEmpty || !isComplete && !isBeyond ? .behind : isComplete ? .complete : .between
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
