/// How often a value came, counted by powers of two: what a histogram of a monitor is made of.
package struct Buckets: Sendable {
    /// The first bound; each further one is twice the one before.
    private let first: UInt64
    private var counts: [UInt64]
    package private(set) var count: UInt64 = 0
    /// Of all values.
    package private(set) var sum: UInt64 = 0

    /// - Parameter bounds: how many there are; values beyond the last are counted too.
    package init(first: UInt64, bounds: Int) {
        precondition(first > 0 && (1...64).contains(bounds), "a histogram has 1 to 64 bounds, the first above 0")
        self.first = first
        counts = [UInt64](repeating: 0, count: bounds + 1)
    }

    package mutating func record(_ value: UInt64) {
        // The lowest bound that is not below it: first << index.
        let steps = value <= first ? 0 : (value - 1) / first
        let index = 64 - steps.leadingZeroBitCount
        counts[min(index, counts.count - 1)] += 1
        count += 1
        sum &+= value
    }

    /// How many were no larger than each bound; nil: any size.
    package var cumulative: [(bound: UInt64?, count: UInt64)] {
        var total: UInt64 = 0
        return counts.enumerated().map { index, count in
            total += count
            return (index < counts.count - 1 ? first << UInt64(index) : nil, total)
        }
    }
}

extension Buckets {
    /// Of writes, in nanoseconds: from an eighth of a millisecond, because a commit on a fast disk takes less than a
    /// whole one, to 4,096 milliseconds.
    package static var ofWrites: Buckets { Buckets(first: 125_000, bounds: 16) }
    /// Of requests in a write: 1 to 65,536.
    package static var ofRequests: Buckets { Buckets(first: 1, bounds: 17) }
    /// Of answers to callers, in nanoseconds: half a millisecond to 8 seconds.
    package static var ofAnswers: Buckets { Buckets(first: 500_000, bounds: 15) }
    /// Of what may take long, in milliseconds: 1 to 4,194,304, which is more than an hour.
    package static var ofMilliseconds: Buckets { Buckets(first: 1, bounds: 23) }
}
