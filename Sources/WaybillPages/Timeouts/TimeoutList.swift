import WaybillCore

/// Pending timeouts by due time: those that wait, are overdue, are tried again or need a person.
enum TimeoutList {
    private static let rowsMax = 50
    private static let states = [
        ("waiting", "Waiting"), ("overdue", "Overdue"), ("retrying", "Retrying"), ("parked", "Parked"),
    ]

    static func answer(_ visit: Visit) async throws(Refused) -> Outcome {
        let query = visit.query
        let state = query.given("state") ?? "waiting"
        var list = JSONValue.null
        var refused: Refused?
        do throws(Refused) {
            list = try await visit.asker.get(
                Target("/v1/timeouts").with("limit", "\(rowsMax)").with("state", state)
                    .with("name", query.given("name")).with("order", query.given("of"))
                    .with("due_from", try OrderList.time("due_from", query))
                    .with("due_to", try OrderList.time("due_to", query)).with("cursor", query.given("cursor")).string)
        } catch {
            guard error.status < 500, error.status != 403 else { throw error }
            refused = error
        }
        let isHeld = await visit.asker.optional("/v1/overview")?["timeouts_held"].bool ?? false
        let hold = isHeld ? await visit.asker.optional("/v1/timeouts/hold") : nil
        var page = Page("Timeouts", at: .timeouts) {
            div(.class("head")) {
                h1 { "Timeouts" }
                div(.class("acts")) { acts(hold, visit) }
            }
            visit.did
            holdNotice(hold, visit)
            tabs(state)
            filterForm(
                "/timeouts",
                isSet: query.given("name") != nil || query.given("of") != nil || query.given("due_from") != nil
                    || query.given("due_to") != nil
            ) {
                input(.type("hidden"), .name("state"), .value(state))
                textField("Timeout", "name", query["name"], placeholder: "pay_due")
                textField("Order", "of", query["of"])
                textField("Due from, UTC", "due_from", query["due_from"], placeholder: "2026-11-30 12:00")
                textField("Due to, UTC", "due_to", query["due_to"], placeholder: "2026-11-30 13:00")
            }
            if let refused { Problems.notice(refused) }
            div(.class("card flush part"), .dataPart("list")) {
                table(list, state, visit)
                pages(list, query)
            }
        }
        page.asOf = list["as_of"].text.flatMap { Position(text: $0) }
        page.live = query.given("cursor") == nil ? "/live/overview" : nil
        page.foot = visit.auditWords
        return .page(page)
    }

    @HTMLBuilder private static func acts(_ hold: JSONValue?, _ visit: Visit) -> HTML {
        if visit.asker.may("changeTimeouts") { a(.class("button"), .href("/timeouts/change")) { "Change many" } }
        if visit.asker.may("holdTimeouts"), hold == nil { a(.class("button"), .href("/timeouts/hold")) { "Hold all" } }
    }

    private static func holdNotice(_ hold: JSONValue?, _ visit: Visit) -> HTML {
        guard let hold, let by = hold["held_by"].text else { return HTML() }
        return div(.class("notice warn")) {
            span(.class("tag warn")) { "held" }
            div {
                "\(HTML.bold(by)) holds all timeouts of orders"
                if let since = hold["since"].moment { " since \(visit.times.shortHTML(since))" }
                ": \(HTML.name(hold["why"].text ?? "")). Nothing fires until they are released."
            }
            if visit.asker.may("releaseTimeouts") { a(.class("button"), .href("/timeouts/release")) { "Release" } }
        }
    }

    private static func tabs(_ state: String) -> HTML {
        nav(.class("tabs"), .label("Which timeouts")) {
            for (value, word) in states {
                a(.href(Target("/timeouts").with("state", value).string), value == state ? .current("page") : nil) {
                    HTML(word)
                }
            }
        }
    }

    private static func table(_ list: JSONValue, _ state: String, _ visit: Visit) -> HTML {
        let items = list["items"].list
        guard !items.isEmpty else { return empty(state, visit.query) }
        let mayChange = visit.asker.may("extendTimeout")
        let columns = [
            ListTable.Column("Due"), ListTable.Column("Timeout"), ListTable.Column("State"), ListTable.Column("Order"),
            ListTable.Column("Status"),
        ]
        return ListTable(
            caption: "Timeouts by due time", columns: columns + (mayChange ? [ListTable.Column("Act")] : []),
            rows: items.map { row($0, mayChange, visit.times) }
        ).html
    }

    private static func row(_ timeout: JSONValue, _ mayChange: Bool, _ times: Times) -> [ListTable.Cell] {
        let (order, name, state) = (
            timeout["order"].text ?? "", timeout["name"].text ?? "", timeout["state"].text ?? ""
        )
        let role = state == "parked" ? "bad" : state == "waiting" ? "wait" : "warn"
        let stateCell = pieces {
            tag(role, state)
            if let error = timeout["error"].text {
                small { "attempt \(timeout["attempt"].int ?? 0): \(HTML.name(error))" }
            }
        }
        let cells = [
            ListTable.Cell(timeout["due"].moment.map { times.listHTML($0, isDue: true) } ?? HTML()),
            ListTable.Cell(HTML.name(name)), ListTable.Cell(stateCell, isSaid: true),
            ListTable.Cell(
                a(.class("mono"), .href(Target("/orders", order).string)) { HTML.name(order) }, isWide: true),
            ListTable.Cell(HTML.name(timeout["status"].text ?? "")),
        ]
        guard mayChange else { return cells }
        return cells + [
            ListTable.Cell(
                a(.href(Target("/orders", order).then("timeouts").then(name).string)) { "Change" }, isWide: true)
        ]
    }

    private static func empty(_ state: String, _ query: FormValues) -> HTML {
        let isFiltered = query.given("name") != nil || query.given("of") != nil
        if isFiltered {
            return emptyPart("No \(state) timeout fits this filter") {
                a(.href(Target("/timeouts").with("state", state).string)) { "Clear the filter" }
            }
        }
        switch state {
        case "overdue": return emptyPart("Nothing is overdue") { "Timeouts fire on time." }
        case "retrying":
            return emptyPart("Nothing is tried again") {
                "A timeout whose step is refused is tried again, later each time."
            }
        case "parked":
            return emptyPart("Nothing is parked") {
                "A timeout is parked when its step is refused again and again. It stays here until it is moved."
            }
        default: return emptyPart("No timeout waits") { "Orders arm them when they enter a state that has one." }
        }
    }

    private static func pages(_ list: JSONValue, _ query: FormValues) -> HTML {
        let first = query.given("cursor").map { _ in "/timeouts" + query.query(changing: [("cursor", nil)]) }
        let next = list["next"].text.map { "/timeouts" + query.query(changing: [("cursor", $0)]) }
        return listPages(
            "\(Numbers.count(Int64(list["items"].list.count), "timeout")) shown, the next first", first: first,
            next: next,
            names: ("« First page", "Later ›"))
    }
}
