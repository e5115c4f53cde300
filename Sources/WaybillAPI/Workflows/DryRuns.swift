import Synchronization
import WaybillCore

/// The dry runs that go on: each may take a thread of the engine for seconds, and must not take all.
final class DryRuns: Sendable {
    /// At a time.
    static let max = 2
    /// What a hundred events of a shop come to takes milliseconds.
    static let secondsMax = 2

    private let count = Mutex(0)

    /// Throws when as many go on as may.
    func begin() throws(Problem) {
        let hasRoom = count.withLock { count in
            guard count < Self.max else { return false }
            count += 1
            return true
        }
        guard !hasRoom else { return }
        var problem = Problem(
            .overloaded, "\(Self.max) dry runs or checks of a text go on; send this one again when one is done"
        )
        .with(["limit": "dry runs at a time", "max": .number(Int64(Self.max))])
        problem.retryAfter = .seconds(1)
        throw problem
    }

    func end() { count.withLock { $0 -= 1 } }
}
