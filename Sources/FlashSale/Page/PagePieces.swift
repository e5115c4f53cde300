/// Whether the shop sold only what it had, in one sentence and a colour.
struct VerdictBanner {
    let check: RushReport.Check

    init(_ check: RushReport.Check) { self.check = check }

    func markup() -> Markup {
        var page = Markup()
        if check.isSound {
            page.element("div", class: "verdict") { page in
                page.element("b", "No oversell.")
                page.text(sound)
            }
        } else {
            page.element("div", class: "verdict bad") { page in
                page.element("b", check.oversold > 0 ? "Oversold by \(check.oversold.grouped)." : "Not sound.")
                page.element("ul") { page in
                    for finding in check.findings { page.element("li", finding) }
                }
            }
        }
        return page
    }

    private var sound: String {
        let items = check.itemsChecked == 1 ? "The item adds" : "All \(check.itemsChecked.grouped) items add"
        return
            "\(items) up at each of \(check.eventsChecked.grouped) events: what came in is what is free, reserved or "
            + "sold, and nothing fell below zero."
            + (check.answersCompared > 0
                ? " Each of \(check.answersCompared.grouped) answers is the one an independent model gives." : "")
            + (check.acknowledgedOrders > 0
                ? " Each of \(check.acknowledgedOrders.grouped) orders that a shopper was told of is in the file." : "")
    }
}

/// A chart with its title, how to read it, and its legend.
struct ChartCard {
    let chart: Chart

    init(_ chart: Chart) { self.chart = chart }

    func markup() -> Markup {
        var page = Markup()
        page.element("div", class: "card") { page in
            page.element("h3", chart.title)
            page.element("p", chart.note)
            page.element("ul", class: "legend") { page in
                for series in chart.series {
                    page.tag("<li><span class=\"swatch ")
                    page.text(series.tone.rawValue)
                    page.tag("\"></span>")
                    page.text(series.name)
                    page.tag("</li>")
                }
            }
            page.drawing(ChartDrawing(chart).svg())
        }
        return page
    }
}

/// Counts as bars, the largest the longest.
struct BarTable {
    let title: String
    let note: String
    let counts: [RushReport.Count]
    let tone: Chart.Tone

    func markup() -> Markup {
        var page = Markup()
        let most = max(1, counts.map(\.count).max() ?? 1)
        page.element("div", class: "card") { page in
            page.element("h3", title)
            page.element("p", note)
            page.element("table", class: "bars") { page in
                for count in counts where count.count > 0 {
                    page.element("tr") { page in
                        page.element("td", count.title)
                        page.element("td", count.count.grouped)
                        page.tag("<td class=\"left\"><span class=\"bar ")
                        page.text(tone.rawValue)
                        page.tag("\" style=\"width:")
                        page.text((Double(count.count) / Double(most) * 100).plain)
                        page.tag("%\"></span></td>")
                    }
                }
            }
        }
        return page
    }
}

/// Rows under heads; `yes` and `no` have their colours.
struct RowTable {
    let heads: [String]
    let rows: [[String]]

    func markup() -> Markup {
        var page = Markup()
        page.element("table") { page in
            page.element("thead") { page in
                page.element("tr") { page in
                    for head in heads { page.element("th", head) }
                }
            }
            page.element("tbody") { page in
                for row in rows {
                    page.element("tr") { page in
                        for cell in row {
                            if cell == "yes" {
                                page.element("td", class: "yes", cell)
                            } else if cell == "no" {
                                page.element("td", class: "no", cell)
                            } else {
                                page.element("td", cell)
                            }
                        }
                    }
                }
            }
        }
        return page
    }
}
