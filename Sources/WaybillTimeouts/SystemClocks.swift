import WaybillCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The two clocks of the machine; read by `World.system` and nowhere else.
enum SystemClocks {
    static func wall() -> Moment { Moment(milliseconds: read(CLOCK_REALTIME)) }
    static func monotonic() -> Interval { Interval(milliseconds: read(CLOCK_MONOTONIC)) }

    static func monotonicNanoseconds() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(clamping: time.tv_sec) &* 1_000_000_000 &+ UInt64(clamping: time.tv_nsec)
    }

    /// Rests for a while; ends early when the task is cancelled.
    static func rest(_ interval: Interval) async {
        do { try await Task.sleep(for: .milliseconds(max(0, interval.milliseconds))) } catch {}
    }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }
}
