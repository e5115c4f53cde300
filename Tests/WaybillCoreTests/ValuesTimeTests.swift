import Testing
import WaybillCore

@Suite struct `Moments and intervals` {
    @Test(
        arguments: [
            (0, 0, 0), (100, 50, 150), (100, -150, -50), (.max, 0, .max), (.max, 1, .max), (.max, .max, .max),
            (.min, -1, .min),
            (.min, .min, .min), (.max, .min, -1), (.min, .max, -1), (1, .max, .max), (-1, .min, .min),
        ] as [(Int64, Int64, Int64)])
    func `stop at the ends of time instead of running over`(moment: Int64, interval: Int64, expected: Int64) {
        let later = Moment(milliseconds: moment).advanced(by: Interval(milliseconds: interval))
        #expect(later.milliseconds == expected)
    }

    @Test(
        arguments: [
            (0, 0, 0), (150, 100, 50), (100, 150, -50), (.max, .min, .max), (.min, .max, .min), (0, .min, .max),
            (-1, .min, .max),
            (.min, 0, .min), (.min, 1, .min), (.max, -1, .max), (.max, .max, 0), (.min, .min, 0),
        ] as [(Int64, Int64, Int64)])
    func `measure distances up to the longest there is`(later: Int64, earlier: Int64, expected: Int64) {
        #expect(Moment(milliseconds: later).since(Moment(milliseconds: earlier)).milliseconds == expected)
    }

    @Test func `come from larger units, saturating`() {
        #expect(Interval.seconds(45).milliseconds == 45_000)
        #expect(Interval.minutes(30).milliseconds == 1_800_000)
        #expect(Interval.hours(-2).milliseconds == -7_200_000)
        #expect(Interval.days(10).milliseconds == 864_000_000)
        #expect(Interval.days(0).milliseconds == 0)
        for make in [Interval.seconds, Interval.minutes, Interval.hours, Interval.days] {
            #expect(make(.max).milliseconds == .max)
            #expect(make(.min).milliseconds == .min)
        }
        // The last whole number of days that fits, and the first that does not.
        #expect(Interval.days(106_751_991_167).milliseconds == 106_751_991_167 * 86_400_000)
        #expect(Interval.days(106_751_991_168).milliseconds == .max)
        #expect(Interval.days(-106_751_991_168).milliseconds == .min)
    }

    @Test func `are ordered by their milliseconds`() {
        let numbers: [Int64] = [.min, -1, 0, 1, .max]
        #expect(numbers.reversed().map { Moment(milliseconds: $0) }.sorted().map(\.milliseconds) == numbers)
        #expect(numbers.reversed().map { Interval(milliseconds: $0) }.sorted().map(\.milliseconds) == numbers)
    }
}
