import WaybillCore

/// How the shop is at one look: what needs a person first, then the numbers.
enum OverviewPage {
    private static let groupsMax = 12

    static func answer(_ visit: Visit) async throws(Refused) -> Outcome {
        let overview = try await visit.asker.get("/v1/overview")
        let health = try await visit.asker.get("/v1/health")
        let groups = await GroupStanding.all(visit)
        let calls = await visit.asker.optional("/v1/calls?limit=10")?["items"].list ?? []
        let overdue = await visit.asker.optional("/v1/timeouts?state=overdue&limit=1")?["items"].list ?? []
        let halves = await visit.asker.optional("/v1/half-messages?limit=50")?["items"].list ?? []
        let worries = Worries(health, groups, calls, overdue, halves, visit.times)
        let counts = overview["orders"].list
        var page = Page("Overview", at: .overview) {
            div(.class("head")) {
                h1 { "Overview" }
                span(.dataPart("tag")) { worries.tag }
                div(.class("acts"), .id("pause")) { HTML() }
            }
            div(.dataPart("worries")) { worries.list }
            stats(overview, calls.count)
            div(.class("two")) {
                statuses(counts, overview)
                div(.class("stack")) {
                    refusals(overview, visit.times)
                    others(counts)
                }
            }
            section(.class("part"), .dataPart("groups")) {
                header {
                    h2 { "Groups" }
                    span(.class("soft small")) {
                        "What needs a look first. "
                        a(.href("/topics")) { "All topics and groups" }
                    }
                }
                div(.class("card flush")) {
                    if groups.isEmpty {
                        emptyPart("No group consumes yet") {
                            "A consumer group is made by its first consumer, or under Topics and groups."
                        }
                    } else {
                        GroupStanding.table(Array(groups.prefix(groupsMax)), visit.times)
                    }
                }
            }
            runs(overview, health, halves.count)
        }
        page.asOf = overview["event"].text.flatMap { Position(text: $0) }
        page.live = "/live/overview"
        return .page(page)
    }

    private static func stats(_ overview: JSONValue, _ calls: Int) -> HTML {
        let orders = overview["orders"].list.reduce(Int64(0)) { $0 &+ ($1["orders"].int ?? 0) }
        let lateness = Times.length(Interval(milliseconds: overview["timeout_lateness_p99_ms"].int ?? 0))
        return dl(.class("stats"), .dataPart("stats")) {
            stat("Orders", HTML(Numbers.grouped(orders)), a(.href("/orders")) { "the newest" })
            stat(
                "Writes since start", HTML(Numbers.grouped(overview["writes"].int ?? 0)),
                "the last took \(overview["last_write_ms"].int ?? 0) ms")
            stat(
                "Waiting to be taken in", HTML(Numbers.grouped(overview["requests_waiting"].int ?? 0)),
                "oldest \(overview["oldest_wait_ms"].int ?? 0) ms")
            stat(
                "Timeouts fired", HTML(Numbers.grouped(overview["timeouts_fired"].int ?? 0)),
                a(.href("/timeouts")) { "p99 \(lateness) late" })
            stat("Calls without an answer", HTML("\(calls)\(calls == 10 ? "+" : "")"), "from orders to workers outside")
        }
    }

    private static func stat(_ name: String, _ number: HTML, _ words: HTML) -> HTML {
        div {
            dt { HTML(name) }
            dd { number }
            dd { words }
        }
    }

    private static func statuses(_ counts: [JSONValue], _ overview: JSONValue) -> HTML {
        let name = OrderList.commonest(counts)
        let own = counts.filter { $0["workflow"].text == name }
        let sum = own.reduce(Int64(0)) { $0 &+ ($1["orders"].int ?? 0) }
        let isBehind = (overview["orders_behind"].int ?? 0) > 0
        return section(.class("card flush"), .dataPart("statuses")) {
            header {
                h2 { "Orders by status" }
                span(.class("soft small")) {
                    if own.isEmpty {
                        "none yet"
                    } else {
                        "\(Numbers.grouped(sum)) of \(HTML.name(name))\(isBehind ? ", still being counted" : "")"
                    }
                }
            }
            if own.isEmpty {
                emptyPart("No orders yet") {
                    "The first one comes with "
                    code { "POST /v1/orders" }
                    "."
                }
            } else {
                ListTable(
                    caption: "Orders by status",
                    columns: [.init("Status"), .init("Orders", isNumber: true), .init("Share")], hasCards: false,
                    rows: own.map { count in
                        let (status, orders) = (count["status"].text ?? "", count["orders"].int ?? 0)
                        return [
                            .init(
                                a(.href(Target("/orders").with("status", status).with("workflow", name).string)) {
                                    HTML.name(status)
                                }), .init(countHTML(orders)), .init(bar(orders, of: sum)),
                        ]
                    }
                ).html
            }
        }
    }

    /// A bar beside its number.
    static func bar(_ part: Int64, of whole: Int64) -> HTML {
        let share = whole > 0 ? Double(part) / Double(whole) * 100 : 0
        return svg(.class("bar wait"), .viewBox("0 0 100 8"), .noRatio, .ariaHidden) {
            rect(.number("width", 100), .number("height", 8), .number("rx", 1))
            rect(.number("width", share), .number("height", 8), .number("rx", 1))
        }
    }

    private static func refusals(_ overview: JSONValue, _ times: Times) -> HTML {
        let codes = overview["refusals"].members
        let recent = overview["recent_refusals"].list.prefix(5)
        return section(.class("card flush"), .dataPart("refusals")) {
            header {
                h2 { "Refusals" }
                span(.class("soft small")) { "since the server started" }
            }
            if codes.isEmpty, recent.isEmpty {
                emptyPart("Nothing was refused") { "What is refused is counted here by its code." }
            } else {
                ListTable(
                    caption: "Refusals by code", columns: [.init("Code"), .init("Count", isNumber: true)],
                    hasCards: false,
                    rows: codes.map { code, count in
                        [
                            .init(a(.href(Target("/problems", code).string)) { HTML(code) }),
                            .init(countHTML(count.int ?? 0)),
                        ]
                    }
                ).html
                if !recent.isEmpty {
                    ListTable(
                        caption: "The last refusals", columns: [.init("Order"), .init("Code"), .init("When")],
                        hasCards: false,
                        rows: recent.map { one in
                            let order = one["order"].text ?? ""
                            return [
                                .init(a(.class("mono"), .href(Target("/orders", order).string)) { HTML.name(order) }),
                                .init(HTML(one["code"].text ?? "")),
                                .init(one["at"].moment.map { times.relativeHTML($0) } ?? HTML()),
                            ]
                        }
                    ).html
                }
            }
        }
    }

    private static func others(_ counts: [JSONValue]) -> HTML {
        let own = OrderList.commonest(counts)
        var sums: [(name: String, orders: Int64)] = []
        for count in counts {
            guard let name = count["workflow"].text, name != own else { continue }
            let orders = count["orders"].int ?? 0
            if let index = sums.firstIndex(where: { $0.name == name }) {
                sums[index].orders &+= orders
            } else {
                sums.append((name, orders))
            }
        }
        guard !sums.isEmpty else { return HTML() }
        return section(.class("card flush"), .dataPart("others")) {
            ListTable(
                caption: "Other workflows", columns: [.init("Other workflows"), .init("Orders", isNumber: true)],
                hasCards: false,
                rows: sums.map { one in
                    [
                        .init(a(.href(Target("/orders").with("workflow", one.name).string)) { HTML.name(one.name) }),
                        .init(countHTML(one.orders)),
                    ]
                }
            ).html
        }
    }

    private static func runs(_ overview: JSONValue, _ health: JSONValue, _ halves: Int) -> HTML {
        section(.class("part"), .dataPart("runs")) {
            header {
                h2 { "How it runs" }
                a(.href("/health")) { "Health" }
            }
            dl(.class("card facts")) {
                fact("SQLite", HTML(health["sqlite"].text ?? ""))
                fact("Disk free", HTML(overview["disk_free_percent"].int.map { "\($0) %" } ?? "not known"))
                fact("Write-ahead log", HTML(Numbers.bytes(overview["wal_bytes"].int ?? 0)))
                fact("Clock", overview["clock_held"].bool ? mark("bad", "held") : mark("ok", "moves on"))
                fact("Timeouts", overview["timeouts_held"].bool ? mark("warn", "held") : mark("ok", "fire"))
                fact("Streams", HTML(Numbers.grouped(overview["streams"].int ?? 0)))
                fact("In doubt", a(.href("/half-messages")) { "\(halves)\(halves == 50 ? "+" : "")" })
            }
        }
    }

    private static func fact(_ name: String, _ value: HTML) -> HTML {
        div {
            dt { HTML(name) }
            dd { value }
        }
    }
}
