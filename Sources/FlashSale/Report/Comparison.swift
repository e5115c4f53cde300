/// Two reports side by side: every figure that a change of workflow, limits, stock or crowd may move.
package struct Comparison: Sendable {
    /// One figure in both, ready to be shown.
    package struct Row: Sendable {
        package let name: String
        package let first: String
        package let second: String
        /// `+12%`, or nothing where nothing changed.
        package let change: String
    }

    package let first: RushReport
    package let second: RushReport

    package init(_ first: RushReport, _ second: RushReport) {
        self.first = first
        self.second = second
    }

    /// What was asked for: where both are the same there is no row.
    package var settings: [Row] {
        let rows = [
            count("shoppers") { Double($0.scenario.shoppers) },
            row("seed", "\(first.scenario.seed)", "\(second.scenario.seed)"),
            count("items") { Double($0.scenario.items) }, count("units of each item") { Double($0.scenario.units) },
            count("units per buyer") { Double($0.scenario.limit) },
            count("intake") { Double($0.server.intakeDepthMax) },
            count("of it for one item") { Double($0.server.perItemMax) },
            count("of it for one caller") { Double($0.server.perCallerMax) },
            count("commands a second") { $0.server.commandsPerSecond },
        ]
        let names = row("scenario", first.scenario.name, second.scenario.name)
        let times = row("time", first.time, second.time)
        return ([names, times] + rows).filter { $0.first != $0.second }
    }

    /// What came of it.
    package var outcomes: [Row] {
        [
            row("oversell", verdict(first), verdict(second)),
            count("requests") { Double($0.totals.requests) },
            count("orders placed") { Double($0.totals.accepted) },
            count("by bots") { Double($0.totals.acceptedToBots) }, count("refused") { Double($0.totals.refused) },
            count("sold out") { Self.refused($0, .soldOut) },
            count("buyer had enough") { Self.refused($0, .limitReached) },
            count("intake full") { Self.refused($0, .overloaded) },
            count("item's or caller's share full") { Self.refused($0, .crowded) },
            count("not answered") { Double($0.totals.unanswered) }, count("units sold") { Double($0.totals.unitsSold) },
            count("units left") { Double($0.totals.unitsFree) },
            row("revenue", \.totals.revenueCents, as: \.asMoney),
            count("not paid in time") { Double($0.timeouts.fired) },
            count("paid too late") { Double($0.totals.refundedLate) },
            row("answer, half", \.latency.p50, as: \.asDelay), row("answer, 99%", \.latency.p99, as: \.asDelay),
            row("answer, 99.9%", \.latency.p999, as: \.asDelay),
            row("order placed, 99.9%", \.placements.p999, as: \.asDelay),
            count("in line at most") { Double($0.totals.intakeDepthMax) },
            count("module furthest behind") { Double($0.modules.map(\.lagMax).max() ?? 0) },
            count("bears a crowd so many times as large") { $0.capacity.survivesTimes },
        ]
    }

    private func verdict(_ report: RushReport) -> String {
        report.check.isSound ? "none" : report.check.oversold > 0 ? report.check.oversold.grouped : "not sound"
    }

    private static func refused(_ report: RushReport, _ reason: RefusalReason) -> Double {
        Double(report.refusals.first { $0.code == reason.code }?.count ?? 0)
    }

    private func row(_ name: String, _ one: String, _ other: String) -> Row {
        Row(name: name, first: one, second: other, change: "")
    }

    private func count(_ name: String, _ value: (RushReport) -> Double) -> Row {
        let (one, other) = (value(first), value(second))
        return Row(name: name, first: one.plain, second: other.plain, change: Self.change(one, other))
    }

    private func row(
        _ name: String, _ value: KeyPath<RushReport, Int64>, as text: KeyPath<Int64, String>
    ) -> Row {
        let (one, other) = (first[keyPath: value], second[keyPath: value])
        return Row(
            name: name, first: one[keyPath: text], second: other[keyPath: text],
            change: Self.change(Double(one), Double(other)))
    }

    private static func change(_ one: Double, _ other: Double) -> String {
        guard one != other, one.isFinite, other.isFinite else { return "" }
        guard one != 0 else { return "new" }
        let percent = (other - one) / abs(one) * 100
        if percent.magnitude > 900 { return "x \((other / one).plain)" }
        return (percent > 0 ? "+" : "") + (percent.magnitude < 10 ? percent.plain : "\(Int(percent.rounded()))") + "%"
    }
}
