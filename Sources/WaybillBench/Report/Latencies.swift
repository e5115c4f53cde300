import Synchronization

/// How long each of many things took, in nanoseconds; filled by many tasks at once.
final class Latencies: Sendable {
    private let values = Mutex<[Int64]>([])

    func record(nanoseconds: Int64) { values.withLock { $0.append(nanoseconds) } }

    func record(_ nanoseconds: [Int64]) { values.withLock { $0 += nanoseconds } }

    var count: Int { values.withLock { $0.count } }

    /// The milliseconds that each of these shares did not exceed; shares in 0...1.
    func milliseconds(at shares: [Double]) -> [Double] {
        let sorted = values.withLock { $0.sorted() }
        return shares.map { share in
            guard !sorted.isEmpty else { return 0 }
            let rank = Int((Double(sorted.count) * share).rounded(.up)) - 1
            return Double(sorted[min(max(rank, 0), sorted.count - 1)]) / 1e6
        }
    }
}

/// The middle of some measurements; 0 of none.
func median(_ values: [Double]) -> Double {
    guard !values.isEmpty else { return 0 }
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
