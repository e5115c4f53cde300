package import WaybillCore

/// How long something took, counted by powers of two of milliseconds: what a histogram of a monitor is made of.
package struct DurationBuckets: Sendable {
    /// 1, 2, 4 ... 4,096 milliseconds.
    private static let boundsMax = 13

    private var counts = [UInt64](repeating: 0, count: boundsMax + 1)
    package private(set) var count: UInt64 = 0
    /// Milliseconds of all of them.
    package private(set) var sum: Int64 = 0

    package init() {}

    package mutating func record(_ duration: Interval) {
        let milliseconds = max(0, duration.milliseconds)
        // The lowest bound that is not below it: 1 << index.
        let index = milliseconds <= 1 ? 0 : 64 - (milliseconds - 1).leadingZeroBitCount
        counts[min(index, Self.boundsMax)] += 1
        count += 1
        sum &+= milliseconds
    }

    /// How many took no longer than each bound, in milliseconds; nil: any length.
    package var cumulative: [(bound: Int64?, count: UInt64)] {
        var total: UInt64 = 0
        return counts.enumerated().map { index, count in
            total += count
            return (index < Self.boundsMax ? 1 << Int64(index) : nil, total)
        }
    }
}
