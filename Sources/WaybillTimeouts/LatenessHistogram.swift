package import WaybillCore

/// How late timeouts fired: counts in buckets that grow by an eighth, so a quantile is right to 12.5 %.
package struct LatenessHistogram: Sendable {
    private var counts = [UInt64](repeating: 0, count: 8 * 48)
    package private(set) var total: UInt64 = 0
    package private(set) var latest = Interval(milliseconds: 0)
    /// Timeouts that fired before they were due; must stay 0.
    package private(set) var early: UInt64 = 0

    package init() {}

    package mutating func record(_ lateness: Interval) {
        if lateness.milliseconds < 0 { early += 1 }
        let milliseconds = UInt64(max(0, lateness.milliseconds))
        counts[Self.bucket(milliseconds)] += 1
        total += 1
        latest = max(latest, lateness)
    }

    /// The lateness that this share of timeouts did not exceed; `share` in 0...1.
    package func quantile(_ share: Double) -> Interval {
        guard total > 0 else { return Interval(milliseconds: 0) }
        let wanted = max(1, UInt64((Double(total) * min(max(share, 0), 1)).rounded(.up)))
        var seen: UInt64 = 0
        for (bucket, count) in counts.enumerated() {
            seen += count
            if seen >= wanted { return Interval(milliseconds: Int64(Self.upperBound(bucket))) }
        }
        return latest
    }

    private static func bucket(_ value: UInt64) -> Int {
        guard value >= 8 else { return Int(value) }
        let exponent = 63 - value.leadingZeroBitCount
        let mantissa = Int(value >> UInt64(exponent - 3)) & 7
        return min((exponent - 2) * 8 + mantissa, 8 * 48 - 1)
    }

    private static func upperBound(_ bucket: Int) -> UInt64 {
        guard bucket >= 8 else { return UInt64(bucket) }
        let shift = UInt64(bucket / 8 - 1)
        return ((UInt64(bucket % 8) + 9) << shift) - 1
    }
}
