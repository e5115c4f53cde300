/// How long something took, counted by powers of two from an eighth of a millisecond: what a histogram of a monitor is
/// made of.
package struct DurationBuckets: Sendable {
    /// Nanoseconds: a commit on a fast disk takes less than a millisecond.
    private static let firstBound: UInt64 = 125_000
    /// 0.125, 0.25, 0.5, 1 ... 4,096 milliseconds.
    private static let boundsMax = 16

    private var counts = [UInt64](repeating: 0, count: boundsMax + 1)
    package private(set) var count: UInt64 = 0
    /// Nanoseconds of all of them.
    package private(set) var sum: UInt64 = 0

    package init() {}

    package mutating func record(nanoseconds: UInt64) {
        // The lowest bound that is not below it: firstBound << index.
        let steps = nanoseconds <= Self.firstBound ? 0 : (nanoseconds - 1) / Self.firstBound
        let index = 64 - steps.leadingZeroBitCount
        counts[min(index, Self.boundsMax)] += 1
        count += 1
        sum &+= nanoseconds
    }

    /// How many took no longer than each bound, in nanoseconds; nil: any length.
    package var cumulative: [(bound: UInt64?, count: UInt64)] {
        var total: UInt64 = 0
        return counts.enumerated().map { index, count in
            total += count
            return (index < Self.boundsMax ? Self.firstBound << UInt64(index) : nil, total)
        }
    }
}
