import WaybillCore
import WaybillEngine

extension HTTPBenchmark {
    /// Orders that as many callers place in the served book itself, each waiting for its answer: what the server could
    /// reach if HTTP cost nothing.
    ///
    /// - Returns: orders in a second.
    func embedded(_ shop: ServedShop, seconds: Double) async throws -> Double {
        let watch = Stopwatch()
        let placed = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<Self.clients {
                group.addTask { @concurrent [traffic, numbers] in
                    var placed = 0
                    while watch.seconds < seconds {
                        let answer = await shop.engine.submit(traffic.place(numbers.take()))
                        guard answer.isAccepted else { throw BenchmarkFailure("an order was refused: \(answer)") }
                        placed += 1
                    }
                    return placed
                }
            }
            return try await group.reduce(0, +)
        }
        return Double(placed) / watch.seconds
    }
}
