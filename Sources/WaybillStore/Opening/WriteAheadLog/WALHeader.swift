/// The first 32 bytes of a write-ahead log, as SQLite documents them.
struct WALHeader {
    static let byteCount = 32

    var pageBytes: Int
    var salts: WALSalts
    /// In which order the checksums take the bytes of a word.
    var isBigEndian: Bool
    /// As it is stored: the first frame's checksum goes on from it.
    var checksum: WALChecksum
    /// The one that follows from the other bytes.
    var computed: WALChecksum
    /// Whether SQLite would take the log for one.
    let isWhole: Bool

    static func isPageSize(_ bytes: Int) -> Bool { (512...65_536).contains(bytes) && bytes & (bytes - 1) == 0 }

    /// Reads a header; nil when the bytes are too few for one.
    init?(_ bytes: [UInt8]) {
        guard bytes.count >= Self.byteCount else { return nil }
        (pageBytes, salts, isBigEndian, checksum, computed, isWhole) = bytes.withUnsafeBytes { header in
            let magic = header.bigEndian32(at: 0)
            let pageBytes = Int(header.bigEndian32(at: 8))
            let isBigEndian = magic & 1 == 1
            let stored = WALChecksum(first: header.bigEndian32(at: 24), second: header.bigEndian32(at: 28))
            var computed = WALChecksum()
            computed.add(header.part(0, 24), isBigEndian: isBigEndian)
            let isWhole =
                magic & 0xFFFF_FFFE == 0x377F_0682 && header.bigEndian32(at: 4) == 3_007_000
                && Self.isPageSize(pageBytes) && computed == stored
            return (pageBytes, WALSalts(header.part(16, 8)), isBigEndian, stored, computed, isWhole)
        }
    }
}

/// What a frame and the header of its log have in common, and frames of an earlier use of the same file do not: the
/// first number counts up, the second is random.
struct WALSalts: Equatable {
    let first: UInt32
    let second: UInt32

    init(_ bytes: UnsafeRawBufferPointer) {
        first = bytes.bigEndian32(at: 0)
        second = bytes.bigEndian32(at: 4)
    }

    /// Whether the frame was written in the same use of the file, even if damage has changed one of its numbers.
    func isNear(_ other: WALSalts) -> Bool { first == other.first || second == other.second }
}

/// The 24 bytes before each page of a log.
struct WALFrameHeader {
    static let byteCount = 24

    let page: UInt32
    /// The size of the file in pages after this commit; 0: the frame ends no commit.
    let commitPages: UInt32
    let salts: WALSalts
    /// As it is stored.
    let checksum: WALChecksum

    var endsCommit: Bool { commitPages > 0 }

    init(_ bytes: UnsafeRawBufferPointer) {
        page = bytes.bigEndian32(at: 0)
        commitPages = bytes.bigEndian32(at: 4)
        salts = WALSalts(bytes.part(8, 8))
        checksum = WALChecksum(first: bytes.bigEndian32(at: 16), second: bytes.bigEndian32(at: 20))
    }

    /// Whether the checksum of a frame goes on from the one stored before it.
    func follows(_ previous: WALChecksum, frame: UnsafeRawBufferPointer, isBigEndian: Bool) -> Bool {
        guard page > 0 else { return false }
        var expected = previous
        expected.add(frame.part(0, 8), isBigEndian: isBigEndian)
        expected.add(frame.part(Self.byteCount, frame.count - Self.byteCount), isBigEndian: isBigEndian)
        return expected == checksum
    }
}
