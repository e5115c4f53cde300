struct ReplayBenchmark {
    let settings: BenchmarkSettings
    init(_ settings: BenchmarkSettings) { self.settings = settings }
    func run() async throws -> BenchmarkReport { throw BenchmarkFailure("not yet") }
}
