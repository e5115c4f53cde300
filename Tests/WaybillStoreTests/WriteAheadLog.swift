import Foundation
import Testing

/// A write-ahead log as SQLite documents it, read and made by the tests' own hand: the store's reader is judged by it.
struct WriteAheadLog {
    var bytes: [UInt8]
    let pageBytes: Int

    init(_ bytes: [UInt8]) throws {
        try #require(bytes.count > 32)
        self.bytes = bytes
        pageBytes = Int(Self.number(bytes, 8))
    }

    init(of path: String) throws { try self.init(Array(try Data(contentsOf: URL(fileURLWithPath: path + "-wal")))) }

    var frameBytes: Int { pageBytes + 24 }
    var frameCount: Int { (bytes.count - 32) / frameBytes }
    func offset(ofFrame number: Int) -> Int { 32 + (number - 1) * frameBytes }

    /// The frames that end a commit, counted from 1.
    var commits: [Int] { (1...frameCount).filter { Self.number(bytes, offset(ofFrame: $0) + 4) > 0 } }

    mutating func flip(byte: Int, bit: Int) { bytes[byte] ^= 1 << UInt8(bit) }

    mutating func put(_ number: UInt32, at offset: Int) {
        for place in 0..<4 { bytes[offset + place] = UInt8(truncatingIfNeeded: number >> UInt32(24 - 8 * place)) }
    }

    mutating func clear(_ range: Range<Int>) { for index in range { bytes[index] = 0 } }

    /// The checksums of the header and of frames anew, in one order of bytes or the other.
    mutating func sum(frames: ClosedRange<Int>, isBigEndian: Bool = false) {
        var sums: (UInt32, UInt32) = (0, 0)
        put(isBigEndian ? 0x377F_0683 : 0x377F_0682, at: 0)
        add(0..<24, to: &sums, isBigEndian)
        put(sums.0, at: 24)
        put(sums.1, at: 28)
        for frame in frames {
            let start = offset(ofFrame: frame)
            add(start..<start + 8, to: &sums, isBigEndian)
            add(start + 24..<start + frameBytes, to: &sums, isBigEndian)
            put(sums.0, at: start + 16)
            put(sums.1, at: start + 20)
        }
    }

    func write(beside path: String) throws { try Data(bytes).write(to: URL(fileURLWithPath: path + "-wal")) }

    static func number(_ bytes: [UInt8], _ offset: Int) -> UInt32 {
        bytes[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) }
    }

    private func add(_ range: Range<Int>, to sums: inout (UInt32, UInt32), _ isBigEndian: Bool) {
        for start in stride(from: range.lowerBound, to: range.upperBound, by: 8) {
            let (left, right) = (Self.number(bytes, start), Self.number(bytes, start + 4))
            sums.0 = sums.0 &+ (isBigEndian ? left : left.byteSwapped) &+ sums.1
            sums.1 = sums.1 &+ (isBigEndian ? right : right.byteSwapped) &+ sums.0
        }
    }
}

extension TemporaryFile {
    func contents(_ suffix: String = "") throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: path + suffix))
    }

    /// The file and its log, as a crash would leave them now, in a directory of their own.
    func crashed() throws -> TemporaryFile {
        let copy = try TemporaryFile()
        for suffix in ["", "-wal"] {
            try FileManager.default.copyItem(atPath: path + suffix, toPath: copy.path + suffix)
        }
        return copy
    }
}
