import WaybillEngine

extension BrokerBenchmark {
    /// What publishers reach who have the broker to themselves, and the bare loop.
    struct Publishing {
        var rate: Double
        var limit: Double
        var perWrite: Double
        var rateOfOne: Double
        /// What a message cost the cores.
        var costs: [BenchmarkReport.Figure]
    }

    /// Engine and loop take turns on the same disk, because its speed drifts.
    func measurePublishing() async throws -> Publishing {
        let file = try settings.scratchFile("broker")
        let bareFile = try settings.scratchFile("broker-limit")
        defer {
            file.remove()
            bareFile.remove()
        }
        var turns: [(spent: Spent, count: Int)] = []
        var limits: [(spent: Spent, count: Int)] = []
        var perWrite: [Double] = []
        for turn in 1...3 {
            settings.progress("64 callers publish, turn \(turn)")
            let (turn, size) = try await publish(into: file, from: Self.callers)
            turns.append(turn)
            perWrite.append(size)
            settings.progress("bare loop, turn \(turn)")
            let loop = try BareMessageLoop(source: file, target: bareFile)
            limits.append(try loop.run(messagesPerWrite: max(1, Int(size.rounded()))))
            file.remove()
            bareFile.remove()
        }
        settings.progress("1 caller publishes")
        let (one, _) = try await publish(into: file, from: 1)
        func rate(_ turn: (spent: Spent, count: Int)) -> Double { Double(turn.count) / turn.spent.seconds }
        return Publishing(
            rate: median(turns.map(rate)), limit: median(limits.map(rate)), perWrite: median(perWrite),
            rateOfOne: rate(one), costs: Spent.figures(of: "a message", turns, bare: limits))
    }

    private func publish(
        into file: ScratchFile, from callers: Int
    ) async throws -> (turn: (spent: Spent, count: Int), perWrite: Double) {
        let bench = try BenchEngine(file)
        defer { bench.close() }
        try await bench.createTopic(Self.topic)
        let writesBefore = bench.engine.writeCount
        let (watch, processor) = (Stopwatch(), ProcessorWatch())
        let sent = try await bench.submitAll(from: callers) {
            watch.seconds < seconds ? Self.traffic.send($0) : nil
        }
        let spent = processor.spent
        return ((spent, sent), Double(sent) / Double(max(1, bench.engine.writeCount - writesBefore)))
    }
}
