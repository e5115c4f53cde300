import WaybillEngine

extension BrokerBenchmark {
    /// What publishers reach who have the broker to themselves, and the bare loop.
    struct Publishing {
        var rate: Double
        var limit: Double
        var perWrite: Double
        var rateOfOne: Double
    }

    /// Engine and loop take turns on the same disk, because its speed drifts.
    func measurePublishing() async throws -> Publishing {
        let file = try settings.scratchFile("broker")
        let bareFile = try settings.scratchFile("broker-limit")
        defer {
            file.remove()
            bareFile.remove()
        }
        var rates: [Double] = []
        var limits: [Double] = []
        var perWrite: [Double] = []
        for turn in 1...3 {
            settings.progress("64 callers publish, turn \(turn)")
            let (rate, size) = try await publish(into: file, from: Self.callers)
            rates.append(rate)
            perWrite.append(size)
            settings.progress("bare loop, turn \(turn)")
            let loop = try BareMessageLoop(source: file, target: bareFile)
            limits.append(try loop.run(messagesPerWrite: max(1, Int(size.rounded()))))
            file.remove()
            bareFile.remove()
        }
        settings.progress("1 caller publishes")
        let (rateOfOne, _) = try await publish(into: file, from: 1)
        return Publishing(
            rate: median(rates), limit: median(limits), perWrite: median(perWrite), rateOfOne: rateOfOne)
    }

    private func publish(into file: ScratchFile, from callers: Int) async throws -> (rate: Double, perWrite: Double) {
        let bench = try BenchEngine(file)
        defer { bench.close() }
        try await bench.createTopic(Self.topic)
        let writesBefore = bench.engine.writeCount
        let watch = Stopwatch()
        let sent = try await bench.submitAll(from: callers) {
            watch.seconds < seconds ? Self.traffic.send($0) : nil
        }
        let rate = Double(sent) / watch.seconds
        return (rate, Double(sent) / Double(max(1, bench.engine.writeCount - writesBefore)))
    }
}
