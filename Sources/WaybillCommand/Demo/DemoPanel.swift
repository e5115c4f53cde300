import Waybill
import WaybillCore
import WaybillEngine

/// The counts of the demo: drawn over and over on a terminal, a line per tenth elsewhere.
struct DemoPanel {
    /// How often it is drawn, at most.
    private static let interval = Interval(milliseconds: 100)

    /// How wide the widest line becomes.
    private static let columnsMin = 72

    private let output = Output.standard
    private let began = World.system.uptime()
    private var drawnAt: Interval?
    private var tenths = 0
    /// How many lines stand on the terminal already.
    private var height = 0

    /// Shows how far the run is, if it is time to.
    mutating func show(_ run: DemoRun, _ modules: DemoModules) throws {
        // A line that is wider than the terminal would take two, and the next drawing would miss its place.
        guard output.isStyled, output.columns >= Self.columnsMin else { return try showTenth(run, modules) }
        let now = World.system.uptime()
        if let drawnAt, now.milliseconds - drawnAt.milliseconds < Self.interval.milliseconds { return }
        drawnAt = now
        try draw(run, modules)
    }

    /// Shows the counts at the end.
    mutating func finish(_ run: DemoRun, _ modules: DemoModules) throws { try draw(run, modules) }

    private mutating func draw(_ run: DemoRun, _ modules: DemoModules) throws {
        let lines = lines(of: run) + [""] + (try modules.standings().map(line))
        let up = height > 0 ? "\u{1B}[\(height)A" : ""
        let erase = output.isStyled ? "\u{1B}[K" : ""
        output.write(up + lines.map { $0 + erase + "\n" }.joined())
        height = output.isStyled ? lines.count : 0
    }

    private mutating func showTenth(_ run: DemoRun, _ modules: DemoModules) throws {
        let tenth = Int(run.progress * 10)
        // The last tenth is told by the counts at the end.
        guard tenth > tenths, tenth < 10 else { return }
        tenths = tenth
        let tally = run.tally
        let behind = try modules.standings().reduce(0) { $0 + $1.behind }
        output.line(
            "\(tenth * 10)%  \(grouped(tally.orderCount)) orders, \(grouped(tally.count("pay"))) payments, "
                + "\(grouped(tally.count("ship"))) parcels, \(grouped(tally.count("$timeout"))) timeouts, "
                + "\(grouped(tally.refused)) refusals, \(grouped(tally.events)) events; modules "
                + "\(counted(behind, "message")) behind")
        output.flush()
    }

    /// How far a module is, and what it has made of it.
    private func line(_ module: DemoModules.Standing) -> String {
        Style.dim("   " + module.name.description.padded(toColumns: 15))
            + "\(grouped(module.behind)) behind".padded(toColumns: 13, isRightAligned: true) + "   " + module.effect
    }

    private func lines(of run: DemoRun) -> [String] {
        let tally = run.tally
        let left: [(String, Int)] = [
            ("orders placed", tally.orderCount), ("payments", tally.count("pay")),
            ("price changes", tally.count("change_price")), ("cancels", tally.count("cancel")),
            ("parcels shipped", tally.count("ship")), ("returns", tally.count("returned")),
            ("parcels arrived", tally.count("deliver")), ("refunds paid", tally.count("refund_done")),
        ]
        let right: [(String, Int)] =
            [
                "awaiting payment", "awaiting shipment", "partly shipped", "awaiting receipt", "completed", "closed",
            ].map { ($0, tally.statuses[Text($0)] ?? 0) } + [
                ("refused commands", tally.refused), ("children", tally.childCount),
            ]
        var lines = [head(run), ""]
        for (one, other) in zip(left, right) {
            lines.append("   " + cell(one) + "      " + cell(other))
        }
        let milliseconds = max(1, World.system.uptime().milliseconds - began.milliseconds)
        let rate = tally.events * 1_000 / Int(milliseconds)
        lines += [
            "",
            foot("timeouts", "\(grouped(tally.count("$timeout"))) fired, \(grouped(tally.pendingTimeouts)) pending"),
            foot("calls", calls(of: tally)),
            foot("notices", "\(grouped(tally.repeats)) came twice and changed nothing"),
            foot("refused", refusals(of: tally)),
            foot("journal", "\(grouped(tally.events)) events, \(grouped(tally.messages)) messages"),
            foot("speed", "\(grouped(rate)) events a second, each write durable before the next"),
        ]
        return lines
    }

    private func calls(of tally: DemoTally) -> String {
        let ends = OpenCall.Result.allCases.compactMap { result in
            tally.settled[result].map { "\(grouped($0)) \(result.rawValue)" }
        }
        let open = tally.calls - tally.settled.filter { $0.key != .late }.values.reduce(0, +)
        return "\(grouped(tally.calls)) for refunds: " + (ends + ["\(grouped(open)) open"]).joined(separator: ", ")
    }

    /// The most frequent reasons.
    private func refusals(of tally: DemoTally) -> String {
        let reasons = tally.refusals.sorted { ($0.value, $1.key) > ($1.value, $0.key) }.prefix(2)
        return reasons.isEmpty ? "none" : reasons.map { "\(grouped($0.value)) \($0.key)" }.joined(separator: ", ")
    }

    private func foot(_ name: String, _ text: String) -> String {
        Style.dim("   " + name.padded(toColumns: 10)) + text
    }

    private func head(_ run: DemoRun) -> String {
        let bar = ProgressLine.bar(run.progress, columns: 36)
        return Style.bold("   day \(min(run.day, 14)) of 14".padded(toColumns: 16)) + "  \(bar)  "
            + "\(Int(min(1, run.progress) * 100))%"
    }

    private func cell(_ count: (String, Int)) -> String {
        Style.dim(count.0.padded(toColumns: 17)) + grouped(count.1).padded(toColumns: 8, isRightAligned: true)
    }
}
