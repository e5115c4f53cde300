import Synchronization
import WaybillBroker

/// How many requests were answered since the server was started, and how long that took, by operation and class of
/// status.
package final class RequestCounts: Sendable {
    private struct Key: Hashable {
        var operation: String
        /// The first digit of the status.
        var status: Int
    }

    private let durations = Mutex<[Key: Buckets]>([:])

    /// What stands for the operation of a request that comes to none.
    package static let none = "none"

    /// - Parameter took: nanoseconds.
    package func add(_ operation: String, status: Int, took: UInt64) {
        durations.withLock {
            $0[Key(operation: operation, status: status / 100), default: .ofAnswers].record(took)
        }
    }

    /// All that there are, by operation and class.
    var all: [(labels: [(name: String, value: String)], took: Buckets)] {
        // A list: of a dictionary that is held here the next record would make a copy, under the lock.
        let all = durations.withLock { Array($0) }
        let sorted = all.sorted { ($0.key.operation, $0.key.status) < ($1.key.operation, $1.key.status) }
        return sorted.map { key, took in
            ([("operation", key.operation), ("code", "\(key.status)xx")], took)
        }
    }
}
