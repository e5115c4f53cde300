/// The running checksum of a write-ahead log: each frame's goes on from the one stored before it.
struct WALChecksum: Equatable {
    var first: UInt32 = 0
    var second: UInt32 = 0

    /// Goes on over bytes, in words of the order that the log's header names. Their number is a multiple of 8.
    mutating func add(_ bytes: UnsafeRawBufferPointer, isBigEndian: Bool) {
        var (first, second) = (first, second)
        var offset = 0
        while offset + 8 <= bytes.count {
            let left = bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
            let right = bytes.loadUnaligned(fromByteOffset: offset + 4, as: UInt32.self)
            first &+= (isBigEndian ? UInt32(bigEndian: left) : UInt32(littleEndian: left)) &+ second
            second &+= (isBigEndian ? UInt32(bigEndian: right) : UInt32(littleEndian: right)) &+ first
            offset += 8
        }
        (self.first, self.second) = (first, second)
    }
}

extension UnsafeRawBufferPointer {
    /// A number as SQLite stores it. The caller has seen that the bytes are there.
    func bigEndian32(at offset: Int) -> UInt32 {
        UInt32(bigEndian: loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }

    /// The part of so many bytes from an offset on.
    func part(_ offset: Int, _ count: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: self[offset..<offset + count])
    }
}
