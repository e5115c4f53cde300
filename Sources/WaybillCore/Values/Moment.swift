/// A point in time: milliseconds since 1970-01-01T00:00:00Z.
public struct Moment: Hashable, Comparable, Sendable {
    public let milliseconds: Int64
    public init(milliseconds: Int64) { self.milliseconds = milliseconds }
    public static func < (left: Moment, right: Moment) -> Bool { left.milliseconds < right.milliseconds }

    /// The moment `interval` later; saturates at the ends of the 64-bit range instead of trapping.
    public func advanced(by interval: Interval) -> Moment {
        let (sum, overflow) = milliseconds.addingReportingOverflow(interval.milliseconds)
        guard overflow else { return Moment(milliseconds: sum) }
        return Moment(milliseconds: interval.milliseconds > 0 ? .max : .min)
    }

    /// The time from `earlier` to this moment, saturating.
    public func since(_ earlier: Moment) -> Interval {
        let (difference, overflow) = milliseconds.subtractingReportingOverflow(earlier.milliseconds)
        guard overflow else { return Interval(milliseconds: difference) }
        return Interval(milliseconds: milliseconds > earlier.milliseconds ? .max : .min)
    }
}

/// A length of time in milliseconds; may be negative.
public struct Interval: Hashable, Comparable, Sendable {
    public let milliseconds: Int64
    public init(milliseconds: Int64) { self.milliseconds = milliseconds }
    public static func < (left: Interval, right: Interval) -> Bool { left.milliseconds < right.milliseconds }

    public static func seconds(_ count: Int64) -> Interval { Interval(milliseconds: saturating(count, 1_000)) }
    public static func minutes(_ count: Int64) -> Interval { Interval(milliseconds: saturating(count, 60_000)) }
    public static func hours(_ count: Int64) -> Interval { Interval(milliseconds: saturating(count, 3_600_000)) }
    public static func days(_ count: Int64) -> Interval { Interval(milliseconds: saturating(count, 86_400_000)) }

    /// As all arithmetic of intervals it saturates at the ends of the 64-bit range instead of trapping.
    public static func + (left: Interval, right: Interval) -> Interval {
        let (sum, overflow) = left.milliseconds.addingReportingOverflow(right.milliseconds)
        guard overflow else { return Interval(milliseconds: sum) }
        return Interval(milliseconds: right.milliseconds > 0 ? .max : .min)
    }

    public static func - (left: Interval, right: Interval) -> Interval {
        let (difference, overflow) = left.milliseconds.subtractingReportingOverflow(right.milliseconds)
        guard overflow else { return Interval(milliseconds: difference) }
        return Interval(milliseconds: left.milliseconds > right.milliseconds ? .max : .min)
    }

    public static func * (interval: Interval, factor: Int64) -> Interval {
        let (product, overflow) = interval.milliseconds.multipliedReportingOverflow(by: factor)
        guard overflow else { return Interval(milliseconds: product) }
        return Interval(milliseconds: (interval.milliseconds > 0) == (factor > 0) ? .max : .min)
    }

    public static prefix func - (interval: Interval) -> Interval { Interval(milliseconds: 0) - interval }

    private static func saturating(_ count: Int64, _ unit: Int64) -> Int64 {
        let (product, overflow) = count.multipliedReportingOverflow(by: unit)
        guard overflow else { return product }
        return count > 0 ? .max : .min
    }
}
