import WaybillCore

/// Which keys a shelf surely does not have: a Bloom filter.
final class KeyFilter {
    /// 128 KiB: with as many keys as a shelf has at most, one answer in two hundred is left open.
    private static let words = 1 << 14

    private var bits = [UInt64](repeating: 0, count: words)

    static func hash(caller: Text, key: Text) -> UInt64 {
        var digest = Digest()
        digest.add(caller)
        digest.add(key)
        return UInt64(bitPattern: digest.value)
    }

    func add(_ hash: UInt64) {
        for place in [hash, hash >> 20, hash >> 40] {
            bits[Self.word(place)] |= Self.bit(place)
        }
    }

    /// Whether the key was surely never added.
    func lacks(_ hash: UInt64) -> Bool { isClear(hash) || isClear(hash >> 20) || isClear(hash >> 40) }

    private func isClear(_ place: UInt64) -> Bool { bits[Self.word(place)] & Self.bit(place) == 0 }

    private static func word(_ place: UInt64) -> Int { Int(truncatingIfNeeded: place >> 6) & (words - 1) }
    private static func bit(_ place: UInt64) -> UInt64 { 1 << (place & 63) }
}
