import Synchronization

/// How many requests were refused since the server was started, by code.
package final class RefusalCounts: Sendable {
    private let counts = Mutex<[ProblemCode: UInt64]>([:])

    package func add(_ code: ProblemCode) { counts.withLock { $0[code, default: 0] += 1 } }

    /// Those that there are, by code.
    var all: [(code: ProblemCode, count: UInt64)] {
        counts.withLock { counts in counts.sorted { $0.key.rawValue < $1.key.rawValue }.map { ($0.key, $0.value) } }
    }
}
