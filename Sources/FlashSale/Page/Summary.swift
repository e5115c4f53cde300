/// A report in a few sentences: what somebody would say who has read all of it.
package struct Summary {
    private let report: RushReport

    package init(_ report: RushReport) { self.report = report }

    package var sentences: [String] {
        [soldOut, wishes, payments, returned, bots, crashes, modules, line].compactMap { $0 }
    }

    private var soldOut: String? {
        let totals = report.totals
        guard totals.unitsReceived > 0 else { return "There was nothing to sell." }
        for course in [report.opening, report.whole] {
            if let cell = course.stockLeft.firstIndex(of: 0) {
                let after = Int64(Double(cell + 1) * course.cellMilliseconds)
                return after < 1_000
                    ? "Everything was gone within the first second."
                    : "Everything was gone \(after.asClock) after the opening."
            }
        }
        let empty = report.items.filter { $0.free == 0 && $0.received > 0 && !$0.name.hasSuffix(" others") }.count
        if empty > 0, report.items.count > 1 {
            let most = min(report.items.count, 12)
            let gone =
                empty == most ? "The \(most) most wanted items are" : "Of the \(most) most wanted items \(empty) are"
            return "\(gone) gone; \(totals.unitsFree.grouped) units of all items are left."
        }
        return "It never sold out: \(totals.unitsFree.grouped) of \(totals.unitsReceived.grouped) units are left."
    }

    private var wishes: String? {
        let totals = report.totals
        guard totals.unitsReceived > 0 else { return nil }
        let perUnit = Double(totals.shoppers) / Double(totals.unitsReceived)
        return perUnit >= 2 ? "\(perUnit.plain) people came for each unit." : nil
    }

    private var payments: String? {
        let totals = report.totals
        guard totals.accepted > 0 else { return nil }
        let paid = Double(totals.paid - totals.refundedLate) / Double(totals.accepted) * 100
        let (late, open) = (totals.refundedLate, report.timeouts.pending)
        return "\(paid.plain)% of the orders were paid in time"
            + (late > 0 ? "; \(late.grouped) paid too late and got their money back" : "")
            + (open > 0 ? "; for \(open.grouped) there was still time when it ended" : "") + "."
    }

    private var returned: String? {
        let given = report.timeouts.fired + report.totals.cancelled
        guard given > 0, let last = report.whole.stockLeft.compactMap({ $0 }).last, last > 0,
            report.whole.stockLeft.contains(0)
        else { return nil }
        return
            "\(given.grouped) units came back unpaid, and \(last.grouped) units were left in the end: a shorter time "
            + "to pay, or a note to those who were refused, would sell more."
    }

    private var bots: String? {
        let totals = report.totals
        guard totals.bots > 0, totals.accepted > 0 else { return nil }
        let crowd = Double(totals.bots) / Double(max(1, totals.shoppers)) * 100
        let share = Double(totals.acceptedToBots) / Double(totals.accepted) * 100
        return "Bots were \(crowd.plain)% of the crowd and got \(share.plain)% of the orders."
    }

    private var crashes: String? {
        let count = report.crashes.count
        guard count > 0 else { return nil }
        let times = count == 1 ? "once" : count == 2 ? "twice" : "\(count) times"
        return "The server was killed \(times). \(report.totals.unanswered.grouped) requests had no answer and came "
            + "again; none was done twice."
    }

    private var modules: String? {
        guard let worst = report.modules.max(by: { $0.lagMax < $1.lagMax }), worst.lagMax > 0 else { return nil }
        let drained = worst.drainedAt.map { ", and had caught up by \($0.asClock)" } ?? ""
        return "The module \(worst.name) was \(worst.lagMax.grouped) messages behind at most"
            + (worst.lagAtEnd > 0 ? "; \(worst.lagAtEnd.grouped) still waited in the end." : "\(drained).")
    }

    private var line: String? {
        let full = report.refusals.filter { RefusalReason.reason($0.code).isCrowd }.reduce(0) { $0 + $1.count }
        if full > 0 {
            return "\(full.grouped) requests found the intake full: the shop was at its limit."
        }
        let most = report.capacity.survivesTimes
        return most >= 1 ? "The shop would bear a crowd \(most >= 1_000 ? "1,000" : most.plain) times as large." : nil
    }
}
