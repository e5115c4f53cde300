/// How long commits of a bare loop take when nothing else runs: the disk's own share of a latency.
enum BareCommits {
    /// What 999 of 1,000 commits did not exceed, in milliseconds.
    static func latency(_ settings: BenchmarkSettings, name: String) throws -> Double {
        try latencies(settings, name: name, at: [0.999])[0]
    }

    /// The milliseconds that each of these shares of the commits did not exceed.
    static func latencies(_ settings: BenchmarkSettings, name: String, at shares: [Double]) throws -> [Double] {
        let file = try settings.scratchFile(name)
        defer { file.remove() }
        let bare = try BareFile(file)
        let insert = try bare.connection.prepare(
            """
            INSERT INTO message (place, ordinal, born_at, id, body)
            VALUES ((SELECT ifnull(max(place), 1 << 40) + 1 FROM message), 0, 0, '', zeroblob(16384))
            """)
        let latencies = Latencies()
        let watch = Stopwatch()
        let length = settings.pick(trial: 0.1, usual: 3.0, full: 10.0)
        while watch.seconds < length {
            let began = watch.nanoseconds
            try bare.write { try insert.run() }
            latencies.record(nanoseconds: watch.nanoseconds - began)
        }
        return latencies.milliseconds(at: shares).map { max($0, 0.001) }
    }
}
