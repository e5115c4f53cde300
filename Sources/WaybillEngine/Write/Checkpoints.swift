import WaybillBroker
import WaybillStore

/// When the WAL is moved into the file: between two writes, when the replies are out.
///
/// A checkpoint that fails costs disk, not data: the WAL stays, and the next one tries again.
struct Checkpoints {
    private let store: Store
    private let vitals: Vitals.Board
    /// Nanoseconds.
    private let uptime: @Sendable () -> UInt64
    /// How many requests the last writes had: falls by a quarter with each, so that one small write amid large ones
    /// does not bring a checkpoint forward.
    private var recentRequests = 0

    init(of store: Store, telling vitals: Vitals.Board, uptime: @escaping @Sendable () -> UInt64) {
        self.store = store
        self.vitals = vitals
        self.uptime = uptime
    }

    /// After a write with so many requests: brings the WAL home if enough of it has gathered.
    mutating func wrote(_ requests: Int = 1) {
        recentRequests = max(requests, recentRequests - (recentRequests + 3) / 4)
        timed { try store.checkpointIfDue(after: recentRequests) }
    }

    /// Nothing waits: brings all of the WAL home.
    func idle() {
        timed { try store.checkpointWhenIdle() }
    }

    /// - Parameter checkpoint: whether there was anything to do.
    private func timed(_ checkpoint: () throws -> Bool) {
        let began = uptime()
        do {
            guard try checkpoint() else { return }
        } catch {
            return failed(error)
        }
        let now = uptime()
        vitals.update { $0.checkpointDurations.record(now > began ? now - began : 0) }
    }

    private func failed(_ error: any Error) {
        // After a failed commit there are none, and the vitals say that.
        guard vitals.now.stopped == nil else { return }
        vitals.update { $0.checkpointFailures += 1 }
        vitals.failed(LoopFailure(.checkpoint, error, rest: IdleTimer.length))
    }
}
