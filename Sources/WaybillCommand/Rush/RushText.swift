import FlashSale

/// A report for the terminal: the verdict, then what a shop asks first.
struct RushText {
    private static let barColumns = 28

    private let report: RushReport
    private let output = Output.standard

    /// Without the details: the verdict, the numbers and a few sentences.
    private let isBrief: Bool

    init(_ report: RushReport, isBrief: Bool = false) {
        self.report = report
        self.isBrief = isBrief
    }

    func write() {
        let totals = report.totals
        if !isBrief { output.line() }
        output.line(Style.bold("   \(report.scenario.title.printable)"))
        output.line()
        verdict()
        output.line()
        funnel(totals)
        output.line()
        let details = Details()
        for (index, sentence) in Summary(report).sentences.enumerated() {
            details.wrapped(index == 0 ? "in short" : "", sentence.printable)
        }
        output.line()
        if isBrief { return }
        details.wrapped("units", units(totals))
        details.wrapped("refused", refusals)
        details.wrapped(
            "answers",
            "half within \(report.latency.p50.asDelay), 99% within \(report.latency.p99.asDelay), 99.9% within "
                + "\(report.latency.p999.asDelay); \(grouped(totals.intakeDepthMax)) waited at most")
        details.wrapped(
            "placing",
            "half of the orders within \(report.placements.p50.asDelay), 99.9% within "
                + "\(report.placements.p999.asDelay), refusals included")
        details.wrapped("timeouts", timeouts)
        for module in report.modules { details.wrapped("module", words(of: module)) }
        if let resources = report.resources { details.wrapped("machine", resources.words) }
        if !report.crashes.isEmpty {
            details.wrapped(
                "server",
                "killed at " + report.crashes.map(\.asClock).joined(separator: " and ")
                    + "; \(counted(totals.unanswered, "request")) went unanswered and came again")
        }
        for advice in report.capacity.advice { details.wrapped("advice", advice.printable) }
        output.line()
    }

    private func words(of module: RushReport.Module) -> String {
        let kind = module.standsIn ? ", a reader that stands in for it," : ""
        let caughtUp = module.drainedAt.map { ", caught up by \($0.asClock)" } ?? ""
        return "\(module.name.printable)\(kind) took \(counted(module.taken, "message")), was "
            + "\(grouped(module.lagMax)) behind at most"
            + (module.lagAtEnd > 0 ? ", and \(grouped(module.lagAtEnd)) in the end" : caughtUp)
    }

    private func verdict() {
        let check = report.check
        if check.isSound {
            let compared =
                check.answersCompared > 0 ? ", \(grouped(check.answersCompared)) answers as a model expects" : ""
            let known =
                check.acknowledgedOrders > 0
                ? ", \(grouped(check.acknowledgedOrders)) acknowledged orders are there" : ""
            let items = check.itemsChecked == 1 ? "the item adds" : "\(grouped(check.itemsChecked)) items add"
            output.line(
                "   " + Style.green("no oversell") + ": \(items) up at each of "
                    + "\(counted(check.eventsChecked, "event"))\(compared)\(known)")
            return
        }
        output.line(
            "   " + Style.red("NOT SOUND") + (check.oversold > 0 ? ": \(grouped(check.oversold)) oversold" : ""))
        for finding in check.findings { output.line("   - \(finding.printable)") }
    }

    private func funnel(_ totals: RushReport.Totals) {
        let steps: [(String, Int)] = [
            ("shoppers came", totals.shoppers), ("page views", totals.looks), ("requests", totals.requests),
            ("orders placed", totals.accepted), ("orders paid", totals.paid - totals.refundedLate),
        ]
        let most = Double(max(1, steps.map(\.1).max() ?? 1))
        for (name, count) in steps {
            let share = Double(count) / most
            let bar = ProgressLine.bar(share, columns: Self.barColumns)
            output.line(
                "   " + Style.dim(name.padded(toColumns: 15))
                    + grouped(count).padded(toColumns: 11, isRightAligned: true) + "  " + Style.cyan(bar))
        }
    }

    private func units(_ totals: RushReport.Totals) -> String {
        "\(grouped(totals.unitsSold)) of \(grouped(totals.unitsReceived)) sold for \(totals.revenueCents.asMoney), "
            + "\(grouped(totals.unitsReserved)) reserved, \(grouped(totals.unitsFree)) free"
    }

    private var refusals: String {
        report.refusals.isEmpty
            ? "none"
            : report.refusals.map { "\(grouped($0.count)) \($0.title.printable)" }.joined(separator: ", ")
    }

    private var timeouts: String {
        let timeouts = report.timeouts
        return "\(grouped(timeouts.fired)) unpaid orders closed on time, the latest "
            + "\(grouped(timeouts.lateMaxMilliseconds)) ms late, \(grouped(timeouts.pending)) still pending"
    }
}
