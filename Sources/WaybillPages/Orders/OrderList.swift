import WaybillCore

/// Orders, the newest first, with their filter in the address.
enum OrderList {
    private static let rowsMax = 50

    static func answer(_ visit: Visit) async throws(Refused) -> Outcome {
        let query = visit.query
        let census = await visit.asker.optional("/v1/overview")
        let counts = census?["orders"].list ?? []
        let name = query.given("workflow") ?? Self.commonest(counts)
        let workflow = await current(name, visit)
        let isOldestFirst = query["order"] == "oldest"
        var target = Target("/v1/orders")
        target = target.with("status", query.given("status")).with("workflow", query.given("workflow"))
        for attribute in query.beginning("attribute.") {
            target = target.with("attribute.\(attribute.name)", attribute.value)
        }
        target = target.with("placed_from", try time("placed_from", query)).with(
            "placed_to", try time("placed_to", query))
        if let id = query.given("id") {
            target = target.with("id_prefix", id)
        } else {
            target = target.with("order", isOldestFirst ? "oldest" : "newest")
        }
        var list: (items: [JSONValue], next: String?, last: JSONValue) = ([], nil, .null)
        var refused: Refused?
        do throws(Refused) {
            list = try await visit.asker.list(target, from: query.given("cursor"), rowsMax: rowsMax)
        } catch {
            // A filter that finds nothing because it is wrong says so beside the filter.
            guard error.status < 500, error.status != 403 else { throw error }
            refused = error
        }
        var workflows: [String: Workflow] = [:]
        for order in list.items {
            let hash = order["workflow_hash"].text ?? ""
            if workflows[hash] == nil {
                workflows[hash] = await visit.charts.workflow(order["workflow"].text ?? "", hash: hash, by: visit.asker)
            }
        }
        var page = Page("Orders", at: .orders) {
            div(.class("head")) { h1 { "Orders" } }
            filter(query, counts, workflow)
            chips(counts)
            if let refused { Problems.notice(refused) }
            div(.class("card flush part"), .dataPart("list")) {
                table(list.items, list.last, hasMore: list.next != nil, workflows, workflow, visit)
                pages(list.items.count, list.next, query, isOldestFirst)
            }
        }
        page.asOf = list.last["as_of"].text.flatMap { Position(text: $0) }
        page.live = query.given("cursor") == nil && visit.asker.may("showOverview") ? "/live/overview" : nil
        page.foot = span { "\(rowsMax) rows at most" }
        return .page(page)
    }

    /// The workflow with the most orders.
    static func commonest(_ counts: [JSONValue]) -> String {
        var sums: [String: Int64] = [:]
        for count in counts { sums[count["workflow"].text ?? "", default: 0] += count["orders"].int ?? 0 }
        return sums.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? ""
    }

    /// The text of a workflow that takes orders now.
    static func current(_ name: String, _ visit: Visit) async -> Workflow? {
        guard !name.isEmpty, let edition = await visit.asker.optional(Target("/v1/workflows", name).string) else {
            return nil
        }
        return await visit.charts.workflow(name, hash: edition["hash"].text ?? "", by: visit.asker)
    }

    /// A time that was typed, as operations take it.
    static func time(_ name: String, _ query: FormValues) throws(Refused) -> String? {
        guard let typed = query.given(name) else { return nil }
        guard let moment = Moment(typed: typed) else {
            throw Refused(
                status: 400, code: "bad_parameter",
                detail: "\(typed) is not a time; write it in UTC as 2026-11-30 10:05 or 2026-11-30 10:05:16")
        }
        return moment.iso8601
    }

    static func attributes(of workflow: Workflow?) -> [String] {
        workflow.map { workflow in workflow.attributes.map { workflow.context.fields[$0].name.string } } ?? []
    }

    static func statuses(_ counts: [JSONValue], of workflow: String?) -> [String] {
        var names: [String] = []
        for count in counts where workflow == nil || count["workflow"].text == workflow {
            if let name = count["status"].text, !names.contains(name) { names.append(name) }
        }
        return names
    }

    private static func filter(_ query: FormValues, _ counts: [JSONValue], _ workflow: Workflow?) -> HTML {
        var statuses = statuses(counts, of: query.given("workflow"))
        if let status = query.given("status"), !statuses.contains(status) { statuses.append(status) }
        var workflows: [String] = []
        for name in counts.compactMap({ $0["workflow"].text }) where !workflows.contains(name) {
            workflows.append(name)
        }
        let isSet = query.items.contains { $0.name != "order" && !$0.value.isEmpty }
        return filterForm("/orders", isSet: isSet) {
            textField("Order id begins with", "id", query["id"], placeholder: "order-58")
            choiceField("Status", "status", query["status"], [("", "any")] + statuses.map { ($0, $0) })
            choiceField("Workflow", "workflow", query["workflow"], [("", "any")] + workflows.map { ($0, $0) })
            for name in attributes(of: workflow) {
                textField(Money.words(name), "attribute.\(name)", query["attribute.\(name)"])
            }
            textField("Placed from, UTC", "placed_from", query["placed_from"], placeholder: "2026-11-18 00:00")
            textField("Placed to, UTC", "placed_to", query["placed_to"], placeholder: "2026-11-19 00:00")
            choiceField("First", "order", query["order"], [("", "the newest"), ("oldest", "the oldest")])
        }
    }

    /// What is often asked: the oldest of each status that is not the end of many.
    private static func chips(_ counts: [JSONValue]) -> HTML {
        let few = counts.filter { ($0["orders"].int ?? 0) > 0 }.prefix(6)
        guard !few.isEmpty else { return HTML() }
        return p(.class("chips")) {
            span(.class("soft small")) { "The oldest that are:" }
            for count in few {
                a(
                    .class("small"),
                    .href(
                        Target("/orders").with("status", count["status"].text).with("workflow", count["workflow"].text)
                            .with("order", "oldest").string)
                ) {
                    HTML.name(count["status"].text ?? "")
                    span(.class("soft")) { " \(Numbers.grouped(count["orders"].int ?? 0))" }
                }
            }
        }
    }

    private static func table(
        _ orders: [JSONValue], _ answer: JSONValue, hasMore: Bool, _ workflows: [String: Workflow],
        _ workflow: Workflow?, _ visit: Visit
    ) -> HTML {
        guard !orders.isEmpty else {
            guard hasMore else { return empty(answer, visit.query) }
            return emptyPart("None among those looked through so far") {
                "The list goes on: see its next page, or add to the filter."
            }
        }
        let names = Array(attributes(of: workflow).prefix(2))
        let columns =
            [ListTable.Column("Order"), ListTable.Column("Status")] + names.map { ListTable.Column(Money.words($0)) }
            + [
                ListTable.Column("Total", isNumber: true), ListTable.Column("Placed"), ListTable.Column("Next timeout"),
                ListTable.Column("Events", isNumber: true),
            ]
        return ListTable(
            caption: "Orders", columns: columns,
            rows: orders.map { row($0, workflows[$0["workflow_hash"].text ?? ""], names, visit) }
        ).html
    }

    private static func row(
        _ order: JSONValue, _ workflow: Workflow?, _ names: [String], _ visit: Visit
    ) -> [ListTable.Cell] {
        let id = order["id"].text ?? ""
        let times = visit.times
        let next = order["timeouts"].list.compactMap { timeout in
            timeout["due"].moment.map { (timeout["name"].text ?? "", $0) }
        }.min { $0.1 < $1.1 }
        let head = pieces {
            a(.class("mono"), .href(Target("/orders", id).string)) { HTML.name(id) }
            if visit.query.given("workflow") == nil { small { HTML.name(order["workflow"].text ?? "") } }
        }
        let attributes = names.map { name -> ListTable.Cell in
            let value = order["context"][Text(name)]
            return value.isNull
                ? ListTable.Cell(noneHTML("not known"), isNone: true) : ListTable.Cell(HTML.name(value.plain))
        }
        let total = Money(order, workflow, at: visit.now).total
        let due = next.map { name, due in
            pieces {
                a(.href(Target("/orders", id).string + "#timeouts")) { HTML.name(name) }
                small { times.countdownHTML(due) }
            }
        }
        return [
            ListTable.Cell(head),
            ListTable.Cell(
                statusTag(order["status"].text ?? "", isFinished: order["finished"].bool), isSaid: true),
        ] + attributes + [
            total.map { ListTable.Cell(moneyHTML($0)) } ?? ListTable.Cell(noneHTML("no total"), isNone: true),
            ListTable.Cell(order["placed_at"].moment.map { times.listHTML($0) } ?? HTML()),
            due.map { ListTable.Cell($0) } ?? ListTable.Cell(noneHTML(), isNone: true),
            ListTable.Cell(countHTML(order["version"].int ?? 0)),
        ]
    }

    private static func empty(_ list: JSONValue, _ query: FormValues) -> HTML {
        let isFiltered = query.items.contains { $0.name != "order" && !$0.value.isEmpty }
        guard isFiltered else {
            return emptyPart("No orders yet") {
                "The first one comes with "
                code { "POST /v1/orders" }
                ", or from the command line: "
                code { "waybill order send" }
                "."
            }
        }
        let unknown = list["unknown"].list.compactMap { $0["name"].text ?? $0["value"].text }
        return emptyPart("No order fits this filter") {
            if !unknown.isEmpty { "This file has never had \(unknown.joined(separator: ", ")). " }
            if query.given("status") != nil {
                a(.href("/orders" + query.query(changing: [("status", nil), ("cursor", nil)]))) { "Drop the status" }
                " or "
            }
            a(.href("/orders")) { "clear the filter" }
            "."
        }
    }

    private static func pages(
        _ count: Int, _ next: String?, _ query: FormValues, _ isOldestFirst: Bool
    ) -> HTML {
        let sequence = query.given("id") != nil ? "by id" : isOldestFirst ? "oldest first" : "newest first"
        let first = query.given("cursor").map { _ in "/orders" + query.query(changing: [("cursor", nil)]) }
        let next = next.map { "/orders" + query.query(changing: [("cursor", $0)]) }
        return listPages(
            "\(Numbers.count(Int64(count), "order")) shown, \(sequence)", first: first, next: next,
            names: ("« First page", isOldestFirst ? "Newer ›" : "Older ›"))
    }
}
