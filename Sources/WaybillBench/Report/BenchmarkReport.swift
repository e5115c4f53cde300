import Foundation

/// What a benchmark has measured, with all that is needed to compare it with another run.
package struct BenchmarkReport: Sendable, Encodable {
    package let benchmark: String
    /// What the engine reaches of the limit that was measured in the same run.
    package let ratio: Double
    /// What is divided by what.
    package let ratioMeaning: String
    package let machine: Machine
    /// How the engine's file and the limit's make a commit durable.
    package let flush: String
    package let figures: [Figure]

    /// One measured number.
    package struct Figure: Sendable, Encodable {
        package let name: String
        package let value: Double
        package let unit: String
        /// Nil: measured for information.
        package var goal: Goal?

        init(_ name: String, _ value: Double, _ unit: String, goal: Goal? = nil) {
            self.name = name
            self.value = value
            self.unit = unit
            self.goal = goal
        }

        package var isMet: Bool {
            switch goal {
            case nil: true
            case .atLeast(let bound): value >= bound
            case .atMost(let bound): value <= bound
            }
        }
    }

    package enum Goal: Sendable, Encodable {
        case atLeast(Double)
        case atMost(Double)

        package func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            try container.encode(description)
        }

        var description: String {
            switch self {
            case .atLeast(let bound): ">= \(BenchmarkReport.text(bound))"
            case .atMost(let bound): "<= \(BenchmarkReport.text(bound))"
            }
        }
    }

    init(
        _ benchmark: Benchmark, ratio: Double, meaning: String, goal: Goal? = nil, flush: String = Machine.flush,
        directory: String, figures: [Figure]
    ) {
        self.benchmark = benchmark.name
        self.ratio = ratio
        ratioMeaning = meaning
        machine = Machine(directory: directory)
        self.flush = flush
        self.figures = [Figure("ratio", ratio, meaning, goal: goal)] + figures
    }

    /// Whether every figure reaches its goal.
    package var isMet: Bool { figures.allSatisfy(\.isMet) }

    package func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    /// For people: the figures with their goals, then the machine.
    package func table() -> String {
        let names = figures.map(\.name.count).max() ?? 0
        let values = figures.map { Self.text($0.value).count }.max() ?? 0
        var lines = ["bench \(benchmark)", ""]
        for figure in figures {
            let name = figure.name.padding(toLength: names, withPad: " ", startingAt: 0)
            let value = Self.text(figure.value)
            var line = "  \(name)  \(String(repeating: " ", count: values - value.count))\(value) \(figure.unit)"
            if let goal = figure.goal { line += "   (goal \(goal.description): \(figure.isMet ? "met" : "MISSED"))" }
            lines.append(line)
        }
        lines += ["", "  \(machine.description)", "  \(flush)"]
        return lines.joined(separator: "\n")
    }

    /// Large numbers in groups of three digits, small ones with two or three that mean something.
    static func text(_ value: Double) -> String {
        guard value.isFinite else { return "\(value)" }
        if value.magnitude < 10 { return String(format: "%.2f", value) }
        if value.magnitude < 1_000 { return String(format: "%.1f", value) }
        let digits = String(format: "%.0f", value.magnitude)
        var grouped = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { grouped.append(",") }
            grouped.append(digit)
        }
        return value < 0 ? "-\(grouped)" : grouped
    }
}
