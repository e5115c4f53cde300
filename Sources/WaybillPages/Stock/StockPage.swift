import WaybillCore

/// One stock: its level, whether it adds up, and what came into it by itself.
enum StockPage {
    static func answer(_ visit: Visit) async throws(Refused) -> Outcome {
        let sku = visit["sku"]
        let place = visit.query["location"]
        let target = Target("/v1/stock", sku)
        let level = try await visit.asker.get(target.with("location", place).string)
        let list = try await ListOf(
            target.then("history").with("location", place), at: Target("/stock", sku).string, visit)
        var page = Page(sku, at: .stock) {
            p(.class("crumbs")) {
                a(.href("/stock")) { "Stock" }
                if !place.isEmpty { " / \(HTML.name(place))" }
            }
            div(.class("head")) {
                h1(.class("mono")) { HTML.name(sku) }
                if visit.asker.may("receiveStock") {
                    div(.class("acts")) {
                        a(
                            .class("button"),
                            .href(Target("/stock-change").with("sku", sku).with("location", place).string)
                        ) {
                            "Change it"
                        }
                    }
                }
            }
            visit.done
            dl(.class("stats"), .dataPart("stats")) {
                stat("Free", level["free"], "can be reserved")
                stat("Reserved", level["reserved"], "held by open orders")
                stat("Sold", level["sold"], "confirmed by orders")
                stat("Received", level["received"], "came in")
                stat("Adjusted", level["adjusted"], "found, lost or counted")
            }
            p(.class("lead"), .dataPart("sum")) {
                StockLevel.check(level)
                " \(sum(level))"
            }
            section(.class("part"), .dataPart("history")) {
                header {
                    h2 { "What came in" }
                    span(.class("soft small")) { "oldest first; what orders took is in their timelines" }
                }
                div(.class("card flush")) {
                    if list.items.isEmpty {
                        emptyPart("Nothing came in by itself") {
                            "What is received, adjusted or counted is listed here."
                        }
                    } else {
                        history(list.items, visit.times)
                        list.pages(HTML(Numbers.count(Int64(list.items.count), "event")), next: "Newer ›")
                    }
                }
            }
        }
        page.asOf = list.asOf
        page.live = "/live/overview"
        return .page(page)
    }

    private static func stat(_ name: String, _ number: JSONValue, _ words: HTML) -> HTML {
        div {
            dt { HTML(name) }
            dd { HTML(Numbers.grouped(number.int ?? 0)) }
            dd { words }
        }
    }

    private static func sum(_ level: JSONValue) -> String {
        let number = { (name: Text) in Numbers.grouped(level[name].int ?? 0) }
        return "\(number("received")) received + \(number("adjusted")) adjusted = \(number("free")) free + "
            + "\(number("reserved")) reserved + \(number("sold")) sold"
    }

    private static func history(_ items: [JSONValue], _ times: Times) -> HTML {
        ListTable(
            caption: "What came in",
            columns: [
                .init("Event"), .init("When"), .init("What"), .init("Units", isNumber: true), .init("By"),
                .init("Note"),
            ],
            rows: items.map { event in
                let type = String((event["type"].text ?? "").drop { $0 == "$" })
                return [
                    .init(HTML.mono(event["event"].text ?? "")),
                    .init(event["at"].moment.map { times.listHTML($0) } ?? HTML()), .init(HTML(type)),
                    .init(HTML(Numbers.grouped(event["quantity"].int ?? 0))),
                    .init(HTML.name(event["caller"].text ?? "")),
                    event["note"].text.map { .init(HTML.name($0), isWide: true) }
                        ?? .init(noneHTML("no note"), isNone: true),
                ]
            }
        ).html
    }
}

/// Takes units in, or notes that some were found or lost.
enum ChangeStockAct {
    static func choose(_ visit: Visit) async throws(Refused) -> Outcome {
        try visit.require("receiveStock")
        let query = visit.query
        return .page(
            Page("Change stock", at: .stock) {
                p(.class("crumbs")) { a(.href("/stock")) { "Stock" } }
                div(.class("head")) { h1 { "Change stock" } }
                actChoice("What came in, or was found or lost?", action: "/stock-change/preview", back: "/stock") {
                    div(.class("filter")) {
                        textField("SKU", "sku", query["sku"], isNeeded: true)
                        textField("Place; may be empty", "location", query["location"])
                        choiceField(
                            "What", "what", query["what"],
                            [("receive", "came in"), ("adjust", "was found, or with a minus lost")])
                        textField("Units", "units", query["units"], placeholder: "100", isNeeded: true)
                    }
                }
            })
    }

    static func preview(_ visit: Visit) async throws(Refused) -> Outcome {
        try visit.require("receiveStock")
        return .page(try await page(visit, visit.query))
    }

    static func change(_ visit: Visit) async throws(Refused) -> Outcome {
        let form = visit.form
        let (isAdjusted, units) = (form["what"] == "adjust", try units(form))
        let body = ActBody.json { writer in
            if isAdjusted { writer.key("by") } else { writer.key("quantity") }
            writer.int(units)
            writer.key("note")
            writer.text(Text(form["reason"]))
        }
        let target = Target("/v1/stock", form["sku"]).then(isAdjusted ? "adjust" : "receive").with(
            "location", form.given("location"))
        do throws(Refused) {
            let receipt = try await visit.asker.change("POST", target.string, body, key: form.given("key"))
            return .elsewhere(
                Target("/stock", form["sku"]).with("location", form.given("location"))
                    .with("done", receipt["event"].text).string)
        } catch {
            guard error.status != 403, error.status < 500 else { throw error }
            return .page(try await page(visit, form, refused: error))
        }
    }

    private static func units(_ values: FormValues) throws(Refused) -> Int64 {
        let text = values["units"].trimmingBlanks.filter { $0 != "," }
        guard let units = Int64(text), units != 0 else {
            throw Refused(status: 400, code: "bad_parameter", detail: "\(values["units"]) is no number of units")
        }
        return units
    }

    private static func page(_ visit: Visit, _ values: FormValues, refused: Refused? = nil) async throws(Refused)
        -> Page
    {
        let (sku, place, count) = (values["sku"], values["location"], try units(values))
        let isAdjusted = values["what"] == "adjust"
        let level = await visit.asker.optional(Target("/v1/stock", sku).with("location", place).string)
        let free = level?["free"].int ?? 0
        let at: HTML = place.isEmpty ? "" : " at \(HTML.name(place))"
        let words = Numbers.count(Int64(clamping: count.magnitude), "unit")
        var page = Page("Change stock", at: .stock) {
            p(.class("crumbs")) { a(.href("/stock")) { "Stock" } }
            div(.class("head")) { h1 { "Change stock" } }
            ActPreview(
                sentence: isAdjusted
                    ? "Note \(words) of \(HTML.name(sku)) \(count < 0 ? "lost" : "found")\(at)"
                    : "Take in \(words) of \(HTML.name(sku))\(at)",
                target: "/stock-change/preview",
                back: "/stock-change" + values.query(changing: [("key", nil), ("reason", nil)]),
                facts: [
                    ("Free now", level == nil ? "none: this stock is new" : HTML(Numbers.grouped(free))),
                    ("Free then", HTML(Numbers.grouped(free &+ count))),
                ],
                values: ["sku", "location", "what", "units"].map { ($0, values[$0]) },
                key: values.given("key") ?? visit.asker.newKey,
                button: isAdjusted ? "Adjust the stock" : "Take in \(words)",
                undo: "Can be undone: adjust it by \(Numbers.grouped(0 &- count))", reason: values["reason"],
                refused: refused
            ).html
        }
        if let refused { page.status = refused.status }
        return page
    }
}
