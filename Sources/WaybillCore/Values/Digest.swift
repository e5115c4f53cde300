/// A fast 64-bit checksum: finds damage and differences, proves nothing against an attacker.
///
/// Eight bytes at a time are folded in by a 64 x 64 -> 128 bit multiplication whose halves are XORed. The value is the
/// same on every machine and part of the file format: never change it, add another.
package struct Digest {
    private var state: UInt64

    package init(seed: Int64 = 0) { state = UInt64(bitPattern: seed) ^ 0x9E37_79B9_7F4A_7C15 }

    package var value: Int64 { Int64(bitPattern: Self.fold(state, 0xD6E8_FEB8_6659_FD93)) }

    package mutating func add(_ number: Int64) { mix(UInt64(bitPattern: number)) }

    /// NULL and the empty text differ.
    package mutating func add(_ text: Text?) {
        guard let text else { return mix(0x5A5A_5A5A_5A5A_5A5A) }
        text.withBytes { add(UnsafeRawBufferPointer($0)) }
    }

    package mutating func add(_ bytes: [UInt8]) { bytes.withUnsafeBytes { add($0) } }

    package mutating func add(_ bytes: UnsafeRawBufferPointer) {
        var offset = 0
        while offset + 8 <= bytes.count {
            mix(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
            offset += 8
        }
        var tail: UInt64 = 0
        while offset < bytes.count {
            tail = tail << 8 | UInt64(bytes[offset])
            offset += 1
        }
        mix(tail)
        mix(UInt64(bytes.count))
    }

    private mutating func mix(_ word: UInt64) {
        state = Self.fold(state ^ word, 0xA076_1D64_78BD_642F) &+ 0xE703_7ED1_A0B4_28DB
    }

    private static func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }
}
