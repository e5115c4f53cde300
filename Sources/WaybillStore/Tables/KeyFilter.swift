import WaybillCore

/// Which keys of commands were surely never used: the writer's memory of the generations that began under its eyes.
///
/// Nearly every command brings a new key, and to look for it means a search in each of five subtrees. One Bloom filter
/// per generation says "never" for certain, or "perhaps": then the file is asked. A generation that had rows before the
/// file was opened has no filter, and the file is always asked.
final class KeyFilter {
    /// 4 MiB each, and five of them in use. Three million keys of a generation leave 3 % of the answers open.
    private static let words = 1 << 19
    /// Older ones than this are looked for no more, unless the clock steps back: then they are simply unknown.
    private static let keptMax: Int64 = 8

    private enum Generation {
        /// It had rows when it was first seen.
        case unknown
        /// Every key that it ever had is in these bits; no bits: it has none.
        case known([UInt64])
    }

    private var generations: [Int64: Generation] = [:]
    /// Those first seen in the write at hand. An undone write may have deleted rows before it looked.
    private var seenInWrite: [Int64] = []

    static func hash(caller: Text, key: Text) -> UInt64 {
        var digest = Digest()
        digest.add(caller)
        digest.add(key)
        return UInt64(bitPattern: digest.value)
    }

    func hasSeen(_ generation: Int64) -> Bool { generations[generation] != nil }

    func see(_ generation: Int64, isEmpty: Bool) {
        generations[generation] = isEmpty ? .known([]) : .unknown
        seenInWrite.append(generation)
        generations = generations.filter { $0.key > generation - Self.keptMax }
    }

    /// Remembers a key. One of a write that is undone later stays, and makes one answer less certain.
    func add(_ hash: UInt64, to generation: Int64) {
        guard case .known(var bits) = generations[generation] else { return }
        // The only reference, so that the bits change where they lie.
        generations[generation] = .unknown
        if bits.isEmpty { bits = [UInt64](repeating: 0, count: Self.words) }
        let (first, second) = Self.places(of: hash)
        bits[first.word] |= first.bit
        bits[second.word] |= second.bit
        generations[generation] = .known(bits)
    }

    /// Whether the key was surely never used in this generation.
    func lacks(_ hash: UInt64, in generation: Int64) -> Bool {
        guard case .known(let bits) = generations[generation] else { return false }
        if bits.isEmpty { return true }
        let (first, second) = Self.places(of: hash)
        return bits[first.word] & first.bit == 0 || bits[second.word] & second.bit == 0
    }

    func endWrite() { seenInWrite.removeAll(keepingCapacity: true) }

    /// After a write that was undone.
    func rollBack() {
        for generation in seenInWrite { generations[generation] = nil }
        seenInWrite.removeAll()
    }

    private typealias Place = (word: Int, bit: UInt64)

    private static func places(of hash: UInt64) -> (Place, Place) { (place(hash), place(hash >> 32)) }

    private static func place(_ hash: UInt64) -> Place {
        (Int(truncatingIfNeeded: hash >> 6) & (words - 1), 1 << (hash & 63))
    }
}
