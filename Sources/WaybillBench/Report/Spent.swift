/// What something took: by the clock, and of the cores, in seconds.
struct Spent: Sendable {
    var seconds = 0.0
    /// What all threads of this process have spent on the cores themselves.
    var user = 0.0
    /// What the system has spent on the cores for them.
    var system = 0.0

    static func + (left: Spent, right: Spent) -> Spent {
        Spent(
            seconds: left.seconds + right.seconds, user: left.user + right.user, system: left.system + right.system)
    }

    static func += (left: inout Spent, right: Spent) { left = left + right }

    /// What one of many cost the cores, the callers in this process included, beside what the bare loop spent on it. It
    /// swings less than rates do.
    ///
    /// - Parameter what: `an order`.
    static func figures(
        of what: String, _ engine: [(spent: Spent, count: Int)], bare: [(spent: Spent, count: Int)]
    ) -> [BenchmarkReport.Figure] {
        let (engine, bare) = (each(engine), each(bare))
        return [
            .init("processor time of \(what), user", engine.user, "µs, with its callers"),
            .init("processor time of \(what), system", engine.system, "µs"),
            .init("bare loop, processor time of \(what), user", bare.user, "µs"),
            .init("bare loop, processor time of \(what), system", bare.system, "µs"),
            .init(
                "processor time of \(what) / bare loop", (engine.user + engine.system) / (bare.user + bare.system), ""),
        ]
    }

    /// Microseconds of one.
    private static func each(_ turns: [(spent: Spent, count: Int)]) -> Spent {
        let all = turns.map(\.spent).reduce(Spent(), +)
        let count = Double(max(1, turns.map(\.count).reduce(0, +)))
        // What is shorter than the system counts is no zero to divide by.
        return Spent(
            seconds: all.seconds * 1e6 / count, user: max(all.user, 1e-6) * 1e6 / count,
            system: all.system * 1e6 / count)
    }
}

/// A stopwatch that looks at the cores too.
struct ProcessorWatch: Sendable {
    private let watch = Stopwatch()
    private let began = Machine.processorTime()

    var spent: Spent {
        let now = Machine.processorTime()
        return Spent(seconds: watch.seconds, user: now.user - began.user, system: now.system - began.system)
    }
}
