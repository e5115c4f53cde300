import WaybillCore
import WaybillEngine

extension OrdersBenchmark {
    /// Lets orders arrive at a steady rate, whether or not earlier ones are answered, and measures each from the moment
    /// at which it was to arrive: a stall counts for all who would have come during it.
    func latencies(
        in file: ScratchFile, rate: Double, seconds: Double
    ) async throws -> (rate: Double, milliseconds: [Double]) {
        let bench = try BenchEngine(file)
        defer { bench.close() }
        try bench.stock(traffic)
        let count = Int(rate * seconds)
        let latencies = Latencies(capacity: count)
        let watch = Stopwatch()
        try await withThrowingDiscardingTaskGroup { group in
            var sent = 0
            while sent < count {
                let due = min(count, Int(watch.seconds * rate))
                while sent < due {
                    let number = sent
                    group.addTask { @concurrent in
                        try await bench.submit(.order(traffic.place(number)))
                        latencies.record(nanoseconds: watch.nanoseconds - Int64(Double(number) / rate * 1e9))
                    }
                    sent += 1
                }
                try await watch.wait(untilSeconds: Double(sent + 1) / rate)
            }
        }
        return (Double(count) / watch.seconds, latencies.milliseconds(at: [0.5, 0.99, 0.999]))
    }
}
