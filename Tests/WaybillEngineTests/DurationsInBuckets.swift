import Testing
import WaybillBroker

@Suite struct `A histogram of durations` {
    @Test func `counts each below the first bound that it does not pass`() {
        let eighth: UInt64 = 125_000
        for (nanoseconds, bucket) in [
            (0, 0), (1, 0), (eighth - 1, 0), (eighth, 0), (eighth + 1, 1), (2 * eighth, 1), (2 * eighth + 1, 2),
            (4 * eighth, 2), (8 * eighth, 3), (8 * eighth + 1, 4), (4_096_000_000, 15), (4_096_000_001, 16), (.max, 16),
        ] as [(UInt64, Int)] {
            var buckets = Buckets.ofWrites
            buckets.record(nanoseconds)
            #expect(buckets.cumulative.firstIndex { $0.count == 1 } == bucket, "\(nanoseconds) ns")
            #expect(buckets.count == 1 && buckets.sum == nanoseconds)
        }
    }

    @Test func `has bounds of an eighth of a millisecond and its doubles, up to four seconds`() {
        let bounds = Buckets.ofWrites.cumulative.map(\.bound)
        #expect(bounds.prefix(4) == [125_000, 250_000, 500_000, 1_000_000])
        #expect(bounds.suffix(2) == [4_096_000_000, nil] && bounds.count == 17)
    }
}
