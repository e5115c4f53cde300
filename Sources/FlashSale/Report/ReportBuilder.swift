import Histogram
import WaybillCore

/// What a finished run hands over to be reported, however it was run.
struct RushOutcome {
    var scenario: RushScenario
    /// `virtual` or `real`.
    var time: String
    /// In words: how the speed of the server is known.
    var serverKind: String
    var commandsPerSecond: Double
    var recorder: RushRecorder
    var crowd: CrowdTally
    var books: ShopBooks
    var answersCompared = 0
    var acknowledgedOrders = 0
    /// How many times as fast as it says the crowd was.
    var hurry = 1
    var differences: [String]
    var modules: [RushReport.Module]
    var resources: RushReport.Resources?
}

/// Makes a report of what a run has counted.
struct ReportBuilder {
    private static let itemsShown = 12

    let outcome: RushOutcome

    func report() -> RushReport {
        let scenario = outcome.scenario
        let reasons = outcome.recorder.total.refused.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        let refusals = reasons.map {
            RushReport.Count(code: $0.key.code, title: $0.key.title, count: $0.value)
        }
        let opening = course(outcome.recorder.opening, reasons.map(\.key))
        let totals = totals()
        return RushReport(
            scenario: .init(
                name: scenario.name, title: scenario.title, about: scenario.about, seed: scenario.seed,
                shoppers: scenario.shoppers, items: scenario.goods.count, units: scenario.goods.units,
                priceCents: scenario.goods.priceCents, limit: scenario.goods.limit,
                opens: scenario.opensAt.iso8601, milliseconds: scenario.length.milliseconds, hurry: outcome.hurry),
            time: outcome.time,
            server: .init(
                kind: outcome.serverKind, commandsPerSecond: outcome.commandsPerSecond.rounded(),
                intakeDepthMax: scenario.server.intakeDepthMax, perItemMax: scenario.server.perItemMax,
                perCallerMax: scenario.server.perCallerMax, writeRequestsMax: scenario.server.writeRequestsMax,
                patienceMilliseconds: scenario.server.patience.milliseconds),
            totals: totals, refusals: refusals, latency: latency(outcome.recorder.latency),
            placements: latency(outcome.recorder.placeLatency), opening: opening,
            whole: course(outcome.recorder.whole, reasons.map(\.key)), items: items(), methods: methods(),
            timeouts: timeouts(), modules: outcome.modules, resources: outcome.resources,
            crashes: outcome.crowd.crashes.map { $0 / 1_000 },
            check: check(),
            capacity: CapacityForecast(
                scenario: scenario, commandsPerSecond: outcome.commandsPerSecond, opening: opening, totals: totals
            ).capacity())
    }

    private func totals() -> RushReport.Totals {
        let total = outcome.recorder.total
        let books = outcome.books
        var totals = RushReport.Totals()
        totals.shoppers = total.shoppers
        totals.bots = outcome.crowd.bots
        totals.looks = total.looks
        totals.requests = total.requests
        totals.accepted = total.accepted
        totals.acceptedToBots = outcome.crowd.byBots
        totals.repeats = total.repeats
        totals.refused = total.refused.values.reduce(0, +)
        totals.unanswered = total.unanswered
        totals.paid = total.paid
        totals.cancelled = outcome.crowd.cancelled
        totals.orders = books.orders
        for level in books.levels {
            totals.unitsSold += level.sold
            totals.unitsReserved += level.reserved
            totals.unitsFree += level.free
            totals.unitsReceived += level.received + level.adjusted
        }
        totals.refundedLate = max(0, total.paid - Int(clamping: totals.unitsSold))
        let (revenue, overflow) = totals.unitsSold.multipliedReportingOverflow(by: outcome.scenario.goods.priceCents)
        totals.revenueCents = overflow ? .max : revenue
        totals.events = books.events
        totals.messages = books.messages
        totals.intakeDepthMax = total.depthMax
        return totals
    }

    private func latency(_ histogram: Histogram<UInt32>) -> RushReport.Latency {
        func value(_ percentile: Double) -> Int64 { Int64(clamping: histogram.valueAtPercentile(percentile)) }
        guard histogram.totalCount > 0 else { return .init(count: 0, p50: 0, p90: 0, p99: 0, p999: 0, max: 0) }
        return .init(
            count: Int(clamping: histogram.totalCount), p50: value(50), p90: value(90), p99: value(99),
            p999: value(99.9), max: Int64(clamping: histogram.maxRecorded))
    }

    private func course(_ row: RushRecorder.Row, _ reasons: [RefusalReason]) -> RushReport.Course {
        let cells = row.cells
        func quantile(_ percentile: Double) -> [Int64?] {
            cells.map { $0.latency.map { Int64(clamping: $0.valueAtPercentile(percentile)) } }
        }
        return RushReport.Course(
            cellMilliseconds: Double(row.cellMicroseconds) / 1_000, shoppers: cells.map(\.shoppers),
            looks: cells.map(\.looks), requests: cells.map(\.requests), accepted: cells.map(\.accepted),
            refused: reasons.map { reason in
                .init(code: reason.code, title: reason.title, values: cells.map { $0.refused[reason] ?? 0 })
            },
            unanswered: cells.map(\.unanswered), paid: cells.map(\.paid), depth: cells.map(\.depthMax),
            p50: quantile(50), p99: quantile(99), p999: quantile(99.9), stockLeft: cells.map(\.stockLeft),
            due: cells.map(\.due), fired: cells.map(\.fired),
            lags: outcome.modules.enumerated().map { index, module in
                let values = cells.map { cell in
                    cell.lags.flatMap { index < $0.count ? $0[index] : nil }
                }
                return .init(code: module.name, title: module.name, values: values)
            })
    }

    private func items() -> [RushReport.Item] {
        let goods = outcome.scenario.goods
        let ranked = (0..<goods.count).sorted {
            (asked($1), $0) < (asked($0), $1)
        }
        func item(_ name: String, _ indices: some Sequence<Int>) -> RushReport.Item {
            var item = RushReport.Item(
                name: name, asked: 0, accepted: 0, received: 0, sold: 0, reserved: 0, free: 0)
            for index in indices {
                let level = outcome.books.levels[index]
                item.asked += asked(index)
                item.accepted += outcome.crowd.acceptedPerItem[index] ?? 0
                item.received += level.received + level.adjusted
                item.sold += level.sold
                item.reserved += level.reserved
                item.free += level.free
            }
            return item
        }
        var items = ranked.prefix(Self.itemsShown).map { item(goods.sku($0).description, [$0]) }
        let others = ranked.dropFirst(Self.itemsShown)
        if !others.isEmpty { items.append(item("\(others.count) others", others)) }
        return items
    }

    private func asked(_ item: Int) -> Int { outcome.crowd.askedPerItem[item] ?? 0 }

    private func methods() -> [RushReport.Count] {
        outcome.scenario.payments.methods.enumerated().map { index, method in
            .init(code: "\(index)", title: method.name, count: outcome.crowd.paidByMethod[index] ?? 0)
        }
    }

    private func timeouts() -> RushReport.Timeouts {
        let late = outcome.books.fired.map(\.late.milliseconds)
        return .init(
            fired: late.count, pending: outcome.books.pendingTimeouts, lateMaxMilliseconds: max(0, late.max() ?? 0),
            earlyMaxMilliseconds: max(0, -(late.min() ?? 0)))
    }

    private func check() -> RushReport.Check {
        let books = outcome.books
        let oversold = books.folded.reduce(Int64(0)) { sum, level in
            sum + max(0, level.reserved + level.sold - level.received - level.adjusted)
        }
        let findings = books.oversells + outcome.differences
        return .init(
            isSound: findings.isEmpty, oversold: oversold, eventsChecked: books.events,
            itemsChecked: books.levels.count, answersCompared: outcome.answersCompared,
            acknowledgedOrders: outcome.acknowledgedOrders, findings: findings)
    }
}
