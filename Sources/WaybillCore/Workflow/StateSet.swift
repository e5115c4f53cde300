/// A set of states of one workflow, by index in document order. At most 256 states, no allocation.
package struct StateSet: Hashable, Sendable {
    /// How many states a workflow may have.
    package static let countMax = 256

    private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

    package init() {}

    package var isEmpty: Bool { words.0 | words.1 | words.2 | words.3 == 0 }

    package func contains(_ state: Int) -> Bool {
        word(state >> 6) & (1 << UInt64(state & 63)) != 0
    }

    package mutating func insert(_ state: Int) {
        precondition(state >= 0 && state < Self.countMax, "a workflow has at most 256 states")
        setWord(state >> 6, word(state >> 6) | 1 << UInt64(state & 63))
    }

    package mutating func remove(_ state: Int) { setWord(state >> 6, word(state >> 6) & ~(1 << UInt64(state & 63))) }

    package func intersects(_ other: StateSet) -> Bool {
        (words.0 & other.words.0) | (words.1 & other.words.1) | (words.2 & other.words.2)
            | (words.3 & other.words.3) != 0
    }

    package mutating func formUnion(_ other: StateSet) {
        words = (
            words.0 | other.words.0, words.1 | other.words.1, words.2 | other.words.2, words.3 | other.words.3
        )
    }

    /// Keeps the states that `other` has too.
    package mutating func formIntersection(_ other: StateSet) {
        words = (words.0 & other.words.0, words.1 & other.words.1, words.2 & other.words.2, words.3 & other.words.3)
    }

    /// Removes the states that `other` has.
    package mutating func subtract(_ other: StateSet) {
        words = (
            words.0 & ~other.words.0, words.1 & ~other.words.1, words.2 & ~other.words.2, words.3 & ~other.words.3
        )
    }

    /// Calls `body` for each state, in document order.
    package func forEach<Failure: Error>(_ body: (Int) throws(Failure) -> Void) throws(Failure) {
        for index in 0..<4 {
            var rest = word(index)
            while rest != 0 {
                try body(index << 6 + rest.trailingZeroBitCount)
                rest &= rest - 1
            }
        }
    }

    /// The states in document order.
    package var states: [Int] {
        var result: [Int] = []
        forEach { result.append($0) }
        return result
    }

    private func word(_ index: Int) -> UInt64 {
        switch index {
        case 0: words.0
        case 1: words.1
        case 2: words.2
        case 3: words.3
        // No set holds a state beyond the bound.
        default: 0
        }
    }

    private mutating func setWord(_ index: Int, _ value: UInt64) {
        switch index {
        case 0: words.0 = value
        case 1: words.1 = value
        case 2: words.2 = value
        case 3: words.3 = value
        default: break
        }
    }

    package static func == (left: StateSet, right: StateSet) -> Bool { left.words == right.words }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
        hasher.combine(words.1)
        hasher.combine(words.2)
        hasher.combine(words.3)
    }
}
