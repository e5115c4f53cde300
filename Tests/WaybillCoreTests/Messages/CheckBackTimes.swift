import Testing
import WaybillCore

@Suite struct `The times of check-backs` {
    private let schedule = CheckBackSchedule()

    @Test func `double from one to the next, up to the longest`() {
        let waits = (1...7).map { schedule.wait(afterCheck: Int64($0), random: 0) }
        #expect(
            waits == [.seconds(30), .minutes(1), .minutes(2), .minutes(4), .minutes(8), .minutes(10), .minutes(10)])
    }

    @Test(arguments: [0, 1, 2, 16, 63, 64, .max, -1, .min] as [Int64], [0, 1, 7_499, 7_500, .max] as [UInt64])
    func `are never closer than the interval, and at most a quarter beyond the longest`(count: Int64, random: UInt64) {
        let wait = schedule.wait(afterCheck: count, random: random)
        #expect(wait >= schedule.interval)
        #expect(wait.milliseconds <= schedule.intervalMax.milliseconds * 5 / 4)
    }

    @Test func `differ by chance`() {
        #expect(schedule.wait(afterCheck: 1, random: 1) != schedule.wait(afterCheck: 1, random: 2))
    }

    @Test func `of a producer that is away grow with the age of the message`() {
        #expect(schedule.absenceWait(age: .seconds(1), random: 0) == .seconds(10))
        #expect(schedule.absenceWait(age: .minutes(4), random: 0) == .minutes(2))
        #expect(schedule.absenceWait(age: .days(30), random: 0) == .minutes(10))
        #expect(schedule.absenceWait(age: Interval(milliseconds: .min), random: .max) >= .seconds(10))
    }

    @Test func `are refused as settings when they make no sense`() {
        #expect(schedule.problem == nil)
        for change in [
            { $0.first = .seconds(-1) }, { $0.interval = .seconds(0) }, { $0.intervalMax = .seconds(29) },
            { $0.checksMax = 0 }, { $0.absence = .seconds(0) },
        ] as [(inout CheckBackSchedule) -> Void] {
            var changed = schedule
            change(&changed)
            #expect(changed.problem != nil)
        }
    }

    @Test func `survive settings at the ends of time`() {
        var extreme = CheckBackSchedule()
        extreme.interval = Interval(milliseconds: .max)
        extreme.intervalMax = Interval(milliseconds: .max)
        #expect(extreme.wait(afterCheck: 5, random: .max).milliseconds > 0)
    }
}
