import Synchronization

/// The dry runs that go on: each may take a thread of the engine for seconds, and must not take all.
final class DryRuns: Sendable {
    /// At a time.
    static let max = 2
    /// What a hundred events of a shop come to takes milliseconds.
    static let secondsMax = 2

    private let count = Mutex(0)

    /// False: as many go on as may.
    func begin() -> Bool {
        count.withLock { count in
            guard count < Self.max else { return false }
            count += 1
            return true
        }
    }

    func end() { count.withLock { $0 -= 1 } }
}
