import Synchronization
import Waybill
import WaybillCore
import WaybillEngine

/// Tells of what loops cannot do: once, and again when it is something else, or after some minutes.
final class LoopReports: Sendable {
    private static let again = Interval.minutes(10)

    private let last = Mutex([LoopFailure.Loop: (why: String, at: Moment)]())

    /// Whether a failure is to be said.
    func isNews(_ failure: LoopFailure, at now: Moment) -> Bool {
        last.withLock { last in
            if let old = last[failure.loop], old.why == failure.why, now.since(old.at) < Self.again { return false }
            last[failure.loop] = (failure.why, now)
            return true
        }
    }
}
