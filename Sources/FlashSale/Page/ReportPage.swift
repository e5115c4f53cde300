/// The page of one report: for whoever has to decide whether the shop is ready.
package struct ReportPage {
    let report: RushReport

    package init(_ report: RushReport) { self.report = report }

    /// The whole page.
    package func html() -> String {
        PageFrame.html(title: "\(report.scenario.title) - Waybill rush") { page in
            header(&page)
            page.append(VerdictBanner(report.check).markup())
            tiles(&page)
            page.element("h2", "In short")
            page.element("ul", class: "advice") { page in
                for sentence in Summary(report).sentences { page.element("li", sentence) }
            }
            page.element("h2", "The opening")
            charts(CourseCharts(report).opening, &page)
            // In real time a rush ends with its opening.
            if report.whole.span > report.opening.span {
                page.element("h2", "The whole rush")
                charts(CourseCharts(report).whole, &page)
            }
            page.element("h2", "What became of it")
            page.element("div", class: "charts") { page in
                refusals(&page)
                payments(&page)
            }
            page.element("h2", "Items")
            items(&page)
            if !report.modules.isEmpty {
                page.element("h2", "Modules downstream")
                modules(&page)
            }
            page.element("h2", "How much more it could take")
            capacity(&page)
            footer(&page)
        }
    }

    private func header(_ page: inout Markup) {
        let setting = report.scenario
        page.element("header") { page in
            let hurry = report.scenario.hurry > 1 ? ", \(report.scenario.hurry) times as fast" : ""
            let time = report.time == "virtual" ? "simulated in virtual time" : "in real time\(hurry)"
            page.element(
                "p", class: "eyebrow", "Flash sale rehearsal, \(time). Scenario \(setting.name), seed \(setting.seed)")
            page.element("h1", setting.title)
            page.element("p", setting.about)
        }
    }

    private func tiles(_ page: inout Markup) {
        let totals = report.totals
        let perOrder = Double(totals.requests + totals.looks) / Double(max(1, totals.accepted))
        let tiles: [(String, String, String)] = [
            ("Shoppers", totals.shoppers.grouped, "\(totals.bots.grouped) of them bots"),
            (
                "Requests", totals.requests.grouped,
                "and \(totals.looks.grouped) page views: \(perOrder.plain) of both for each order placed"
            ),
            ("Orders placed", totals.accepted.grouped, "\(totals.acceptedToBots.grouped) by bots"),
            ("Refused", totals.refused.grouped, "each told why"),
            (
                "Sold", "\(totals.unitsSold.grouped)",
                "of \(totals.unitsReceived.grouped) units, for \(totals.revenueCents.asMoney)"
            ),
            (
                "Given back", (report.timeouts.fired + totals.cancelled).grouped,
                "\(report.timeouts.fired.grouped) not paid in time, \(totals.cancelled.grouped) cancelled"
            ),
            (
                "Answered within", report.latency.p99.asDelay,
                "for 99 of 100, \(report.latency.p50.asDelay) for half; \(report.placements.p999.asDelay) for 999 of "
                    + "1,000 who wanted to buy"
            ),
            (
                "Waited at most", totals.intakeDepthMax.grouped,
                "requests in line; the server does \(Int(clamped: report.server.commandsPerSecond).grouped) a second"
            ),
        ]
        page.element("div", class: "tiles") { page in
            for (name, figure, note) in tiles {
                page.element("div", class: "tile") { page in
                    page.element("span", name)
                    page.element("b", figure)
                    page.element("i", note)
                }
            }
        }
    }

    private func charts(_ charts: [Chart], _ page: inout Markup) {
        page.element("div", class: "charts") { page in
            for chart in charts where !chart.isEmpty { page.append(ChartCard(chart).markup()) }
        }
    }

    private func refusals(_ page: inout Markup) {
        var counts = report.refusals
        if report.totals.repeats > 0 {
            counts.append(.init(code: "", title: "done before (same key)", count: report.totals.repeats))
        }
        if report.totals.unanswered > 0 {
            counts.append(.init(code: "", title: "server was down", count: report.totals.unanswered))
        }
        page.append(
            BarTable(
                title: "Who did not get one, and why", note: "Requests to buy, pay or cancel that changed nothing.",
                counts: counts, tone: .red
            ).markup())
    }

    private func payments(_ page: inout Markup) {
        let totals = report.totals
        var counts = report.methods
        counts.append(.init(code: "", title: "of these, too late and refunded", count: totals.refundedLate))
        counts.append(.init(code: "", title: "not paid in time", count: report.timeouts.fired))
        counts.append(.init(code: "", title: "cancelled by the buyer", count: totals.cancelled))
        page.append(
            BarTable(
                title: "How the orders were paid",
                note: "By way of payment; then those that were not paid in time, or cancelled.",
                counts: counts, tone: .blue
            ).markup())
    }

    private func items(_ page: inout Markup) {
        page.element("div", class: "card") { page in
            page.element("div", class: "scroll") { page in
                page.append(
                    RowTable(
                        heads: ["Item", "Wanted by", "Ordered", "Units", "Sold", "Reserved", "Left"],
                        rows: report.items.map { item in
                            [
                                item.name, item.asked.grouped, item.accepted.grouped, item.received.grouped,
                                item.sold.grouped, item.reserved.grouped, item.free.grouped,
                            ]
                        }
                    ).markup())
            }
        }
    }

    /// What lives on the orders' messages, and how far behind it was.
    private func modules(_ page: inout Markup) {
        page.element("div", class: "card") { page in
            page.element(
                "p",
                "Orders do not wait for them: what they had no time for, they took later. A module can take so many "
                    + "messages a second, and is down when the scenario says so.")
            page.element("div", class: "scroll") { page in
                page.append(
                    RowTable(
                        heads: ["Module", "A second", "Taken", "Behind at most", "Caught up by", "Left in the end"],
                        rows: report.modules.map { module in
                            [
                                module.name + (module.standsIn ? " (stand-in)" : ""), module.perSecond.grouped,
                                module.taken.grouped, module.lagMax.grouped,
                                module.drainedAt?.asClock ?? (module.lagMax == 0 ? "always" : "not yet"),
                                module.lagAtEnd.grouped,
                            ]
                        }
                    ).markup())
            }
        }
    }

    private func capacity(_ page: inout Markup) {
        let capacity = report.capacity
        let patience = Double(report.server.patienceMilliseconds) / 1_000
        page.element("div", class: "charts") { page in
            page.element("div", class: "card") { page in
                page.element("h3", "The same crowd in other sizes")
                page.element(
                    "p",
                    "Requests in the peak second, the longest wait and line. It survives when everybody is answered "
                        + "within \(patience.seconds).")
                page.element("div", class: "scroll") { page in
                    page.append(
                        RowTable(
                            heads: ["Crowd", "Peak", "Wait", "In line", "Survives"],
                            rows: capacity.rows.map { row in
                                [
                                    "\(row.times == 1 ? "this one" : "x \(row.times.short)")",
                                    row.peakPerSecond.grouped, Int64(row.waitMilliseconds * 1_000).asDelay,
                                    row.depth.grouped, row.survives ? "yes" : "no",
                                ]
                            }
                        ).markup())
                }
            }
            page.element("div", class: "card") { page in
                page.element("h3", "Advice")
                page.element("p", "The server's speed: \(report.server.kind).")
                page.element("ul", class: "advice") { page in
                    for advice in capacity.advice { page.element("li", advice) }
                }
            }
        }
    }

    private func footer(_ page: inout Markup) {
        let totals = report.totals
        page.element("footer") { page in
            page.text(
                "\(totals.events.grouped) events and \(totals.messages.grouped) messages in the file. "
                    + "\(report.timeouts.fired.grouped) timeouts fired, the latest "
                    + "\(report.timeouts.lateMaxMilliseconds.grouped) ms late; \(report.timeouts.pending.grouped) "
                    + "pending. The sale opened \(report.scenario.opens)"
                    + (report.time == "virtual" ? " on the simulated clock." : ".")
                    + (report.resources.map { " The shop took \($0.words)." } ?? ""))
        }
    }
}

extension Double {
    /// `0.25`, `0.5`, `16`: how many times as large.
    var short: String { self < 1 ? "\(self)" : plain }
}
