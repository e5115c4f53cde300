import WaybillCore

/// Changes a timeout of every order that a filter finds: choose, preview with a count and a sample, and the operation.
enum ChangeManyTimeouts {
    private static let operation = "/v1/operations/timeouts"
    private static let sampleShownMax = 20

    static func choose(_ visit: Visit) async throws(Refused) -> Outcome {
        try visit.require("changeTimeouts")
        let counts = await visit.asker.optional("/v1/overview")?["orders"].list ?? []
        let name = visit.query.given("workflow") ?? OrderList.commonest(counts)
        let workflow = await OrderList.current(name, visit)
        let query = visit.query
        var timeouts = workflow?.timeouts.map(\.name.text.string) ?? []
        if let given = query.given("name"), !timeouts.contains(given) { timeouts.append(given) }
        let names = counts.compactMap { $0["workflow"].text }.reduce(into: [String]()) {
            if !$0.contains($1) { $0.append($1) }
        }
        return .page(
            Page("Change many timeouts", at: .timeouts) {
                p(.class("crumbs")) { a(.href("/timeouts")) { "Timeouts" } }
                div(.class("head")) { h1 { "Change many timeouts" } }
                p(.class("lead")) {
                    "For example while a payment provider is down: extend the time to pay of every order that waits "
                    "for money."
                }
                actChoice(
                    "Which timeouts, and what becomes of them?", action: "/timeouts/change/preview", back: "/timeouts"
                ) {
                    div(.class("filter")) {
                        choiceField(
                            "Status of the orders", "status", query["status"],
                            [("", "any")] + OrderList.statuses(counts, of: name.isEmpty ? nil : name).map { ($0, $0) })
                        choiceField("Workflow", "workflow", name, [("", "any")] + names.map { ($0, $0) })
                        for attribute in OrderList.attributes(of: workflow) {
                            textField(Money.words(attribute), "attribute.\(attribute)", query["attribute.\(attribute)"])
                        }
                        if timeouts.isEmpty {
                            textField("Timeout", "name", query["name"], isNeeded: true)
                        } else {
                            choiceField("Timeout", "name", query["name"], timeouts.map { ($0, $0) })
                        }
                        textField("Later by; with a minus: earlier", "by", query.given("by") ?? "15m", isNeeded: true)
                    }
                }
            })
    }

    static func preview(_ visit: Visit) async throws(Refused) -> Outcome {
        try visit.require("changeTimeouts")
        return .page(try await page(visit, visit.query))
    }

    static func start(_ visit: Visit) async throws(Refused) -> Outcome {
        do throws(Refused) {
            let answer = try await visit.asker.change(
                "POST", operation, try body(visit.form, reason: visit.form["reason"], isDryRun: false),
                key: visit.form.given("key"))
            var target = Target("/operations", answer["operation"].text ?? "").with("done", "1")
            // What undoes it is another act of the same filter.
            for item in filter(visit.form) { target = target.with(item.name, item.value) }
            return .elsewhere(target.with("name", visit.form["name"]).with("by", visit.form["by"]).string)
        } catch {
            guard error.status != 403, error.status < 500 else { throw error }
            return .page(try await page(visit, visit.form, refused: error))
        }
    }

    /// Status, workflow and attributes of a form.
    static func filter(_ values: FormValues) -> [(name: String, value: String)] {
        ["status", "workflow"].compactMap { name in values.given(name).map { (name, $0) } }
            + values.beginning("attribute.").map { ("attribute.\($0.name)", $0.value) }
    }

    private static func length(_ values: FormValues) throws(Refused) -> Interval {
        let text = values.given("by") ?? ""
        let isEarlier = text.hasPrefix("-")
        let digits = (isEarlier ? String(text.dropFirst()) : text).split(separator: " ").joined()
        guard let by = Interval(text: Text(digits)), by.milliseconds > 0 else {
            throw Refused(
                status: 400, code: "bad_parameter",
                detail: "\(text) is not a length of time; write for example 15m, 1h30m or 2d")
        }
        return isEarlier ? -by : by
    }

    private static func body(_ values: FormValues, reason: String, isDryRun: Bool) throws(Refused) -> [UInt8] {
        let by = try length(values)
        return ActBody.json { writer in
            writer.key("filter")
            writer.beginObject()
            if let status = values.given("status") {
                writer.key("status")
                writer.text(Text(status))
            }
            if let workflow = values.given("workflow") {
                writer.key("workflow")
                writer.text(Text(workflow))
            }
            let attributes = values.beginning("attribute.")
            if !attributes.isEmpty {
                writer.key("attributes")
                writer.beginObject()
                for attribute in attributes {
                    writer.key(named: Text(attribute.name))
                    writer.text(Text(attribute.value))
                }
                writer.endObject()
            }
            writer.endObject()
            writer.key("name")
            writer.text(Text(values["name"]))
            writer.key("action")
            writer.beginObject()
            writer.key("extend")
            writer.text(Text(by.text))
            writer.endObject()
            writer.key("dry_run")
            writer.bool(isDryRun)
            writer.key("reason")
            writer.text(Text(reason))
        }
    }

    private static func page(
        _ visit: Visit, _ values: FormValues, refused: Refused? = nil
    ) async throws(Refused) -> Page {
        let by = try length(values)
        let found = try await visit.asker.change(
            "POST", operation, try body(values, reason: "a preview", isDryRun: true))
        let count = found["orders"].int ?? 0
        let name = values["name"]
        let sample = await sample(found["sample"].texts, name, by, visit)
        let orders = Numbers.count(count, "order")
        let isEarlier = by.milliseconds < 0
        let choose = "/timeouts/change" + values.query(changing: [("key", nil), ("reason", nil), ("sure", nil)])
        var facts: [(name: String, value: HTML)] = filter(values).map { item in
            let isAttribute = item.name.hasPrefix("attribute.")
            return (Money.words(isAttribute ? String(item.name.dropFirst(10)) : item.name), HTML.name(item.value))
        }
        facts.append(("Timeout", HTML.mono(name)))
        facts.append(("Act", isEarlier ? "bring forward by \(Times.length(by))" : "extend by \(Times.length(by))"))
        let sentence: HTML =
            "\(isEarlier ? "Bring forward" : "Extend") \(HTML.name(name)) of \(orders) by \(Times.length(by))"
        var page = Page("Change many timeouts", at: .timeouts) {
            p(.class("crumbs")) { a(.href("/timeouts")) { "Timeouts" } }
            div(.class("head")) { h1 { "Change many timeouts" } }
            if count == 0 {
                div(.class("card flush part")) {
                    emptyPart("No order of this filter has a pending \(HTML.name(name))") {
                        a(.href(choose)) { "Change the filter" }
                    }
                }
            } else {
                ActPreview(
                    sentence: sentence, target: "/timeouts/change/preview", back: choose, facts: facts, shown: sample,
                    values: filter(values) + [("name", name), ("by", values["by"])],
                    key: values.given("key") ?? visit.asker.newKey,
                    tick: count > 1
                        ? "\(isEarlier ? "Bring forward" : "Extend") \(HTML.bold(Numbers.grouped(count))) timeouts. "
                            + "Orders that are placed from now on are left out; what fires meanwhile stays fired, and "
                            + "is counted in the result."
                        : nil,
                    button: "\(isEarlier ? "Bring forward" : "Extend") \(Numbers.count(count, "timeout"))",
                    undo: "Can be undone: the result page moves them back by \(Times.length(by))",
                    reason: visit.form["reason"], refused: refused
                ).html
            }
        }
        if let refused { page.status = refused.status }
        return page
    }

    /// Some of the orders, with what becomes of each.
    private static func sample(_ ids: [String], _ name: String, _ by: Interval, _ visit: Visit) async -> HTML {
        guard !ids.isEmpty else { return HTML() }
        var rows: [[ListTable.Cell]] = []
        for id in ids.prefix(sampleShownMax) {
            guard let order = await visit.asker.optional(Target("/v1/orders", id).string) else { continue }
            let due = order["timeouts"].list.first { $0["name"].text == name }?["due"].moment
            let then = due.map { visit.times.shortHTML($0.advanced(by: by)) }
            rows.append([
                ListTable.Cell(a(.class("mono"), .href(Target("/orders", id).string)) { HTML.name(id) }),
                ListTable.Cell(HTML.name(order["status"].text ?? "")),
                ListTable.Cell(due.map { visit.times.shortHTML($0) } ?? noneHTML("not pending")),
                ListTable.Cell(then.map { then in b { then } } ?? noneHTML()),
            ])
        }
        return details(.open) {
            summary { "Sample: \(Numbers.count(Int64(rows.count), "order"))" }
            div(.class("card flush scroll"), .role("region"), .label("Sample of \(rows.count) orders"), .tabindex(0)) {
                ListTable(
                    caption: "Sample",
                    columns: [.init("Order"), .init("Status"), .init("Due now"), .init("Due then")], rows: rows
                ).html
            }
        }
    }
}
