/// The page of two reports: the same charts with both in them, and every figure with its change.
package struct ComparisonPage {
    private let comparison: Comparison
    private let names: (first: String, second: String)

    /// - Parameter names: what the two are called, for example their files.
    package init(_ comparison: Comparison, names: (first: String, second: String)) {
        self.comparison = comparison
        self.names = names
    }

    /// The whole page.
    package func html() -> String {
        PageFrame.html(title: "\(names.first) and \(names.second) - Waybill rush") { page in
            page.element("header") { page in
                page.element("p", class: "eyebrow", "Two flash sale rehearsals, side by side")
                page.element("h1", title)
            }
            page.element("div", class: "charts") { page in
                side(names.first, comparison.first, &page)
                side(names.second, comparison.second, &page)
            }
            if !comparison.settings.isEmpty {
                page.element("h2", "What was changed")
                table(comparison.settings, &page)
            }
            page.element("h2", "What came of it")
            table(comparison.outcomes, &page)
            page.element("h2", "The opening")
            charts(\.opening, &page)
            page.element("h2", "The whole rush")
            charts(\.whole, &page)
        }
    }

    private var title: String {
        let (one, other) = (comparison.first.scenario.title, comparison.second.scenario.title)
        return one == other ? one : "\(one) / \(other)"
    }

    private func side(_ name: String, _ report: RushReport, _ page: inout Markup) {
        page.element("div") { page in
            page.append(VerdictBanner(report.check).markup())
            page.element("div", class: "card") { page in
                page.element("h3", name)
                page.element("p", "\(report.scenario.title), seed \(report.scenario.seed)")
                page.element("ul", class: "advice") { page in
                    for sentence in Summary(report).sentences { page.element("li", sentence) }
                }
            }
        }
    }

    private func table(_ rows: [Comparison.Row], _ page: inout Markup) {
        page.element("div", class: "card") { page in
            page.element("div", class: "scroll") { page in
                page.append(
                    RowTable(
                        heads: ["", names.first, names.second, "Change"],
                        rows: rows.map { [$0.name, $0.first, $0.second, $0.change] }
                    ).markup())
            }
        }
    }

    private func charts(_ part: KeyPath<RushReport, RushReport.Course>, _ page: inout Markup) {
        let (one, other) = (comparison.first[keyPath: part], comparison.second[keyPath: part])
        let span = max(one.span, other.span)
        func pair(
            _ title: String, _ note: String, _ unit: Chart.Unit, _ values: (RushReport.Course) -> [Double?]
        ) -> Chart {
            let series = [(names.first, Chart.Tone.blue, one), (names.second, Chart.Tone.amber, other)].map {
                Chart.Series(
                    name: $0, tone: $1, kind: .line, cellMilliseconds: $2.cellMilliseconds, values: values($2))
            }
            return Chart(title: title, note: note, unit: unit, series: series, spanMilliseconds: span)
        }
        let charts = [
            pair("Requests", "To buy, pay or cancel, per second.", .perSecond) { $0.rate($0.requests) },
            pair("Orders placed", "Per second.", .perSecond) { $0.rate($0.accepted) },
            pair("Refused", "Per second, for any reason.", .perSecond) { $0.rate($0.refusedInAll) },
            pair("Stock left", "Units that nobody has.", .count) { $0.carried($0.stockLeft) },
            pair("Payments", "Per second.", .perSecond) { $0.rate($0.paid) },
            pair("How long an answer took", "99 of 100 were faster.", .microseconds) {
                $0.p99.map { $0.map(Double.init) }
            },
            pair("In line", "The most requests that waited at one time.", .count) { $0.depth.map(Double.init) },
            pair("Unpaid orders", "Closed when their time was over.", .count) { $0.fired.map(Double.init) },
        ]
        page.element("div", class: "charts") { page in
            for chart in charts { page.append(ChartCard(chart).markup()) }
        }
    }
}

extension RushReport.Course {
    fileprivate func rate(_ values: [Int]) -> [Double?] { values.map { Double($0) / (cellMilliseconds / 1_000) } }

    /// For any reason.
    fileprivate var refusedInAll: [Int] {
        shoppers.indices.map { cell in refused.reduce(0) { $0 + ($1.values[cell] ?? 0) } }
    }
}
