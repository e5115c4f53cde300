import WaybillCore
import WaybillEngine

extension OrdersBenchmark {
    /// How long orders take that arrive at a steady rate.
    func latencies(
        in file: ScratchFile, rate: Double, seconds: Double
    ) async throws -> (rate: Double, milliseconds: [Double]) {
        let bench = try BenchEngine(file)
        defer { bench.close() }
        try bench.stock(traffic)
        let watch = Stopwatch()
        let latencies = try await bench.submitSteadily(perSecond: rate, { traffic.place($0) }) { _ in
            watch.seconds >= seconds
        }
        return (Double(latencies.count) / watch.seconds, latencies.milliseconds(at: [0.5, 0.99, 0.999]))
    }
}
