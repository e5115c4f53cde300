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

    @Test(
        arguments: [
            (0, 0), (5, 3), (-5, 3), (.max, 1), (.min, -1), (.min, .max), (.max, .min), (.min, .min),
            (1 << 40, 1 << 40),
        ] as [(Int64, Int64)])
    func `are added, subtracted, multiplied and turned round, saturating`(left: Int64, right: Int64) {
        // In numbers that are wide enough, cut at the end.
        func cut(_ number: Int128) -> Int64 { Int64(clamping: number) }
        let (one, other) = (Interval(milliseconds: left), Interval(milliseconds: right))
        #expect((one + other).milliseconds == cut(Int128(left) + Int128(right)))
        #expect((one - other).milliseconds == cut(Int128(left) - Int128(right)))
        #expect((one * right).milliseconds == cut(Int128(left) * Int128(right)))
        #expect((-one).milliseconds == cut(-Int128(left)))
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

    @Test func `are read from outside in one set of forms, and refused with an example`() throws {
        #expect(try Moment(read: "1970-01-01T00:00:00Z").milliseconds == 0)
        #expect(try Moment(read: "0").milliseconds == 0)
        #expect(try Moment(read: "-62135596800000").iso8601 == "0001-01-01T00:00:00Z")
        #expect(try Moment(read: "1970-01-20T10:00:00Z").milliseconds == 1_677_600_000)
        #expect(try Moment(readMilliseconds: 999_999_999).milliseconds == 999_999_999)
        #expect(try Moment(readMilliseconds: 10_000_000_000).milliseconds == 10_000_000_000)
        let refused: [(Text, MomentProblem)] = [
            ("1000000000", .seconds(1_000_000_000)), ("9999999999", .seconds(9_999_999_999)),
            ("-1000000000", .seconds(-1_000_000_000)), ("2026-13-01", .notATime("2026-13-01")), ("", .notATime("")),
            ("2026-11-21 10:00:00", .withoutZone("2026-11-21 10:00:00")),
            ("253402300800000", .beyondCalendar(253_402_300_800_000)),
            ("0000-12-31T00:00:00Z", .beyondCalendar(-62_135_683_200_000)),
        ]
        for (text, problem) in refused {
            #expect(throws: problem) { try Moment(read: text) }
            #expect(problem.message.contains("2026-11-21T10:00:00Z"), "\(problem.message)")
        }
    }

    @Test func `are ordered by their milliseconds`() {
        let numbers: [Int64] = [.min, -1, 0, 1, .max]
        #expect(numbers.reversed().map { Moment(milliseconds: $0) }.sorted().map(\.milliseconds) == numbers)
        #expect(numbers.reversed().map { Interval(milliseconds: $0) }.sorted().map(\.milliseconds) == numbers)
    }
}
