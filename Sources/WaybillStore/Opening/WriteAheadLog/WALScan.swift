import Foundation

/// What the bytes of a write-ahead log say, before SQLite sees them: SQLite cuts a log at the first frame that is not
/// whole and says nothing about it.
///
/// A frame is whole when its salts are the header's and its checksum goes on from the one stored in the frame before.
/// ```
///  header | whole ... whole, commit | whole ... | B, not whole | ... | C, commit | ... | whole, commit
///         '---- what is kept -------'                                             '-- behind C: damage, no crash
/// ```
/// A commit is written only when the one before it is on the disk. So a whole commit behind the end C of the one that B
/// lies in proves that B was whole once. Without one, B lies in the last commit, which a crash may leave in any state:
/// its pages arrive in any order. Frames of an earlier use of the file, and of a write that was undone after its pages
/// had been spilled, lie behind the end of any log.
struct WALScan {
    /// The header, when it is whole.
    private(set) var header: WALHeader?
    /// Frames up to the end of the last commit that can be relied on.
    private(set) var keptFrames = 0
    /// Commits in them.
    private(set) var keptCommits = 0
    /// The last kept frame that has the first page of the file; 0: none has.
    private(set) var frameOfFirstPage = 0
    private(set) var damage: WALDamage?

    /// Bytes of the log that are kept, its header included; 0: SQLite takes nothing from it.
    var keptBytes: Int {
        guard let header else { return 0 }
        return WALHeader.byteCount + keptFrames * (header.pageBytes + WALFrameHeader.byteCount)
    }

    /// Of no log.
    init() {}

    /// Reads a log of any length, a piece at a time; an absent one is empty.
    init(of path: String) throws(StoreFailure) {
        guard FileManager.default.fileExists(atPath: path) else { return }
        let file = try RawFile(path, for: .reading)
        guard let header = WALHeader(try file.bytes(WALHeader.byteCount, at: 0)) else { return }
        guard header.isWhole else {
            damage = try Self.damage(behind: header, in: file)
            return
        }
        self.header = header
        var walk = Walk(header)
        try WALFrames(pageBytes: header.pageBytes).forEach(in: file) { frame in
            walk.take(frame)
            return true
        }
        keptFrames = walk.keptFrames
        keptCommits = walk.keptCommits
        frameOfFirstPage = walk.frameOfFirstPage
        damage = walk.damage
    }

    /// A header that is not whole is damage when a whole frame follows. What it says cannot be relied on, so every page
    /// size and both orders of bytes are tried; a frame's salts are compared with those of the frame before it.
    private static func damage(behind header: WALHeader, in file: borrowing RawFile) throws(StoreFailure) -> WALDamage?
    {
        for bits in 9...16 {
            for isBigEndian in [false, true] {
                var previous: (salts: WALSalts, checksum: WALChecksum)?
                var (isFound, commits) = (false, 0)
                try WALFrames(pageBytes: 1 << bits).forEach(in: file) { bytes in
                    let frame = WALFrameHeader(bytes)
                    let isWhole =
                        if let previous {
                            frame.salts == previous.salts
                                && frame.follows(previous.checksum, frame: bytes, isBigEndian: isBigEndian)
                        } else {
                            frame.follows(header.checksum, frame: bytes, isBigEndian: isBigEndian)
                                || frame.follows(header.computed, frame: bytes, isBigEndian: isBigEndian)
                        }
                    previous = (frame.salts, frame.checksum)
                    if isWhole { isFound = true }
                    if isWhole, frame.endsCommit { commits += 1 }
                    return true
                }
                if isFound { return WALDamage(frame: 0, commitsBehind: commits) }
            }
        }
        return nil
    }
}

/// Where a write-ahead log is damaged.
struct WALDamage: Equatable {
    /// The first frame that is not whole, counted from 1; 0: the header is not.
    let frame: Int
    /// Commits that lie from there on.
    let commitsBehind: Int
}

extension WALScan {
    /// One pass over the frames of a log whose header is whole.
    private struct Walk {
        private let header: WALHeader
        private var previous: WALChecksum
        private var number = 0
        private var firstPage = 0
        /// B and C of the drawing.
        private var broken: Int?
        private var isClosed = false
        private var commits = 0
        private var commitsBehind = 0
        private(set) var keptFrames = 0
        private(set) var keptCommits = 0
        private(set) var frameOfFirstPage = 0

        init(_ header: WALHeader) {
            self.header = header
            previous = header.checksum
        }

        var damage: WALDamage? {
            guard let broken, commitsBehind > 0 else { return nil }
            return WALDamage(frame: broken, commitsBehind: commitsBehind)
        }

        mutating func take(_ bytes: UnsafeRawBufferPointer) {
            let frame = WALFrameHeader(bytes)
            number += 1
            let isWhole =
                frame.salts == header.salts
                && frame.follows(previous, frame: bytes, isBigEndian: header.isBigEndian)
            previous = frame.checksum
            if broken == nil, isWhole { return keep(frame) }
            if broken == nil { broken = number }
            // Both numbers are others: a frame of an earlier use of the file, where a page of the last commit, or the
            // next one, has yet to arrive. What it says of a commit is nothing to this log.
            guard frame.endsCommit, frame.salts.isNear(header.salts) else { return }
            commits += 1
            if isClosed, isWhole { commitsBehind = commits }
            isClosed = true
        }

        private mutating func keep(_ frame: WALFrameHeader) {
            if frame.page == 1 { firstPage = number }
            guard frame.endsCommit else { return }
            keptFrames = number
            keptCommits += 1
            frameOfFirstPage = firstPage
        }
    }
}

/// Goes through the frames of a log, some at a time.
struct WALFrames {
    let pageBytes: Int

    private static let pieceBytes = 1 << 20

    /// Shows each frame that is there in full to `body`, until that answers false.
    func forEach(in file: borrowing RawFile, _ body: (UnsafeRawBufferPointer) -> Bool) throws(StoreFailure) {
        let frameBytes = pageBytes + WALFrameHeader.byteCount
        let piece = max(1, Self.pieceBytes / frameBytes) * frameBytes
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: piece, alignment: 8)
        defer { buffer.deallocate() }
        var offset = WALHeader.byteCount
        while true {
            let filled = try file.read(into: buffer, at: offset)
            let bytes = UnsafeRawBufferPointer(buffer)
            for start in stride(from: 0, through: filled - frameBytes, by: frameBytes) {
                guard body(bytes.part(start, frameBytes)) else { return }
            }
            guard filled == piece else { return }
            offset += filled
        }
    }
}
