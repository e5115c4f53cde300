import WaybillCore

/// On which shelves the keys of commands may lie, and where the next one goes: the writer's memory.
///
/// Nearly every command brings a new key, and to look for it means a search of each shelf of the last day. A filter per
/// shelf says "never" for certain, or "perhaps": then the file is asked. A shelf that was there before the file was
/// opened is always asked, until it is learned.
///
///     generation   shelf 0 … full      full      the newest: it grows
///                  learned             unknown   known key by key
final class KeyShelves {
    /// Keys on a shelf. The fewer there are, the fewer pages a write changes, and the more shelves a search has.
    static let keysMax = 1 << 16
    /// Shelves of one generation: 65 billion keys.
    static let shelvesMax: Int64 = 1 << 20
    /// A shelf with so few keys is filled on when the file is opened again; otherwise a new one is begun, so that only
    /// those change whose keys are all known.
    static let continuedMax = 1_024
    /// Filters in memory: 64 MiB. Shelves that were filled before those are always asked.
    private static let filtersMax = 512
    /// Older generations are looked for no more, unless the clock steps back: then they are simply unknown.
    private static let generationsMax: Int64 = 8

    private enum Shelf {
        case unknown
        case known(KeyFilter)
        /// It was known, and others needed the memory.
        case forgotten
    }

    private struct Generation {
        var shelves: [Shelf]
        /// Keys on the last of them.
        var count: Int
    }

    private var generations: [Int64: Generation] = [:]
    /// Those first seen in the write at hand. An undone write may have deleted rows before it looked.
    private var seenInWrite: [Int64] = []
    /// Those whose last shelf was begun in the write at hand.
    private var begunInWrite: [Int64] = []
    private var filterCount = 0
    /// The shelf that is being learned, key by key.
    var lesson: Lesson?

    func hasSeen(_ generation: Int64) -> Bool { generations[generation] != nil }

    /// Takes up what the file has of a generation.
    ///
    /// - Parameters:
    ///   - shelfCount: how many shelves.
    ///   - keys: hashes of those on the last of them; nil: too many to fill it on.
    func see(_ generation: Int64, shelfCount: Int, keys: [UInt64]?) {
        var shelves = [Shelf](repeating: .unknown, count: shelfCount)
        var count = Self.keysMax
        if shelfCount > 0, let keys {
            let filter = KeyFilter()
            for key in keys { filter.add(key) }
            shelves[shelfCount - 1] = .known(filter)
            filterCount += 1
            count = keys.count
        }
        generations[generation] = Generation(shelves: shelves, count: count)
        seenInWrite.append(generation)
        for old in generations.keys where old <= generation - Self.generationsMax { drop(old) }
    }

    /// The shelf for a new key, and whether it is the first there.
    func add(_ hash: UInt64, to generation: Int64) -> (shelf: Int, isFirst: Bool) {
        var isFirst = false
        if generations[generation, default: Generation(shelves: [], count: Self.keysMax)].count >= Self.keysMax {
            makeRoom()
            generations[generation]?.shelves.append(.known(KeyFilter()))
            generations[generation]?.count = 0
            begunInWrite.append(generation)
            filterCount += 1
            isFirst = true
        }
        generations[generation]?.count += 1
        let last = (generations[generation]?.shelves.count ?? 1) - 1
        if case .known(let filter) = generations[generation]?.shelves[last] { filter.add(hash) }
        return (last, isFirst)
    }

    /// The newest shelf below one that may have a key; nil: none has it.
    func shelf(perhapsHolding hash: UInt64, in generation: Int64, below: Int) -> Int? {
        guard let shelves = generations[generation]?.shelves else { return nil }
        var number = min(below, shelves.count) - 1
        while number >= 0 {
            guard case .known(let filter) = shelves[number], filter.lacks(hash) else { return number }
            number -= 1
        }
        return nil
    }

    func endWrite() {
        seenInWrite.removeAll(keepingCapacity: true)
        begunInWrite.removeAll(keepingCapacity: true)
    }

    /// After a write that was undone. Its keys stay in the filters, and make some answers less certain.
    func rollBack() {
        // A shelf without a row that names it would never be searched: the next key begins it again.
        for generation in begunInWrite {
            generations[generation]?.shelves.removeLast()
            generations[generation]?.count = Self.keysMax
            filterCount -= 1
        }
        for generation in seenInWrite { drop(generation) }
        lesson = nil
        endWrite()
    }

    private func drop(_ generation: Int64) {
        for case .known in generations[generation]?.shelves ?? [] { filterCount -= 1 }
        generations[generation] = nil
    }

    /// Forgets the oldest filter when there are too many.
    private func makeRoom() {
        guard filterCount >= Self.filtersMax else { return }
        for generation in generations.keys.sorted() {
            for (number, shelf) in (generations[generation]?.shelves ?? []).enumerated() {
                guard case .known = shelf else { continue }
                generations[generation]?.shelves[number] = .forgotten
                filterCount -= 1
                return
            }
        }
    }
}

/// Learning shelves that were full when the file was opened.
extension KeyShelves {
    /// How far the reading of a shelf has come.
    struct Lesson {
        let generation: Int64
        let shelf: Int
        let filter = KeyFilter()
        /// The key that was read last.
        var caller: Text = ""
        var key: Text = ""
    }

    /// The newest shelf that is to be learned.
    func nextLesson() -> Lesson? {
        guard filterCount < Self.filtersMax else { return nil }
        for generation in generations.keys.sorted(by: >) {
            for (number, shelf) in (generations[generation]?.shelves ?? []).enumerated().reversed() {
                if case .unknown = shelf { return Lesson(generation: generation, shelf: number) }
            }
        }
        return nil
    }

    func end(_ lesson: Lesson) {
        self.lesson = nil
        guard let shelves = generations[lesson.generation]?.shelves, shelves.indices.contains(lesson.shelf),
            case .unknown = shelves[lesson.shelf]
        else { return }
        generations[lesson.generation]?.shelves[lesson.shelf] = .known(lesson.filter)
        filterCount += 1
    }
}
