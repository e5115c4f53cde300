import WaybillCore

/// Workflows: their texts, which one new orders take, and where orders stand.
enum WorkflowPages {
    static func list(_ visit: Visit) async throws(Refused) -> Outcome {
        let list = try await visit.asker.get("/v1/workflows?limit=200")
        let counts = await visit.asker.optional("/v1/overview")?["orders"].list ?? []
        let current = list["items"].list.filter { $0["takes_orders"].bool }
        let texts = list["items"].list
        var page = Page("Workflows", at: .workflows) {
            div(.class("head")) {
                h1 { "Workflows" }
                if visit.asker.may("checkWorkflow") {
                    div(.class("acts")) { a(.class("button"), .href("/workflow-check")) { "Check a text" } }
                }
            }
            div(.class("card flush part"), .dataPart("list")) {
                if current.isEmpty {
                    emptyPart("No workflow is in this file") { "waybill serve brings those that come with it." }
                } else {
                    ListTable(
                        caption: "Workflows",
                        columns: [
                            .init("Workflow"), .init("Version", isNumber: true), .init("Text"),
                            .init("Texts in the file", isNumber: true),
                            .init("Orders", isNumber: true), .init("In use since"),
                        ],
                        rows: current.map { row($0, texts, counts, visit.times) }
                    ).html
                }
            }
        }
        page.asOf = list["as_of"].text.flatMap { Position(text: $0) }
        return .page(page)
    }

    private static func row(_ edition: JSONValue, _ texts: [JSONValue], _ counts: [JSONValue], _ times: Times)
        -> [ListTable.Cell]
    {
        let name = edition["id"].text ?? ""
        let orders = counts.filter { $0["workflow"].text == name }.reduce(Int64(0)) { $0 &+ ($1["orders"].int ?? 0) }
        return [
            .init(a(.href(Target("/workflows", name).string)) { HTML.name(name) }),
            .init(HTML(Numbers.grouped(edition["version"].int ?? 0))),
            .init(HTML.mono(String((edition["hash"].text ?? "").prefix(12)))),
            .init(countHTML(Int64(texts.count { $0["id"].text == name }))),
            .init(a(.href(Target("/orders").with("workflow", name).string)) { countHTML(orders) }),
            .init(edition["first_used_at"].moment.map { times.listHTML($0) } ?? HTML()),
        ]
    }

    static func one(_ visit: Visit) async throws(Refused) -> Outcome {
        let name = visit["workflow"]
        let current = try await visit.asker.get(Target("/v1/workflows", name).string)
        let hash = visit.query.given("hash") ?? current["hash"].text ?? ""
        let target = Target("/v1/workflows", name).then("versions").then(hash)
        let shown = try await visit.asker.get(target.string)
        let text = try await visit.asker.text(target.string, as: "application/yaml")
        let workflow = await visit.charts.workflow(name, hash: hash, by: visit.asker)
        let editions = try await visit.asker.get("/v1/workflows?limit=200")["items"].list.filter {
            $0["id"].text == name
        }
        let counts =
            await visit.asker.optional("/v1/overview")?["orders"].list.filter { $0["workflow"].text == name } ?? []
        return .page(
            Page(name, at: .workflows) {
                p(.class("crumbs")) { a(.href("/workflows")) { "Workflows" } }
                div(.class("head")) {
                    h1 { HTML.name(name) }
                    shown["takes_orders"].bool
                        ? tag("ok", "takes new orders", isBig: true) : tag("off", "an older text", isBig: true)
                    div(.class("acts")) {
                        if !shown["takes_orders"].bool, visit.asker.may("activateWorkflow") {
                            a(.class("button"), .href(Target("/workflows", name).then(hash).then("activate").string)) {
                                "Activate"
                            }
                        }
                    }
                }
                dl(.class("facts")) {
                    TopicPages.fact("Version", HTML(Numbers.grouped(shown["version"].int ?? 0)))
                    TopicPages.fact("Hash", HTML.mono(hash))
                    if let workflow {
                        TopicPages.fact("States", HTML(Numbers.grouped(Int64(workflow.states.count - 1))))
                        TopicPages.fact("Commands", HTML(Numbers.grouped(Int64(workflow.commands.count))))
                        TopicPages.fact("Timeouts", HTML(Numbers.grouped(Int64(workflow.timeouts.count))))
                    }
                }
                visit.did
                if let workflow { WorkflowBoxes(workflow: workflow).section }
                div(.class("two")) {
                    statuses(counts, name)
                    texts(editions, hash, name, visit.times)
                }
                section(.class("part")) {
                    header { h2 { "Text" } }
                    details {
                        summary { "Show the text, \(Numbers.bytes(Int64(text.utf8.count)))" }
                        pre { HTML(text) }
                    }
                }
            })
    }

    private static func statuses(_ counts: [JSONValue], _ name: String) -> HTML {
        let sum = counts.reduce(Int64(0)) { $0 &+ ($1["orders"].int ?? 0) }
        return section(.class("card flush")) {
            header { h2 { "Where its orders stand" } }
            if counts.isEmpty {
                emptyPart("No orders of it") { "They are counted here by status." }
            } else {
                ListTable(
                    caption: "Orders by status",
                    columns: [.init("Status"), .init("Orders", isNumber: true), .init("Share")],
                    hasCards: false,
                    rows: counts.map { count in
                        let (status, orders) = (count["status"].text ?? "", count["orders"].int ?? 0)
                        return [
                            .init(
                                a(.href(Target("/orders").with("status", status).with("workflow", name).string)) {
                                    HTML.name(status)
                                }),
                            .init(countHTML(orders)), .init(OverviewPage.bar(orders, of: sum)),
                        ]
                    }
                ).html
            }
        }
    }

    private static func texts(_ editions: [JSONValue], _ hash: String, _ name: String, _ times: Times) -> HTML {
        section(.class("card flush")) {
            header { h2 { "Texts in the file" } }
            ListTable(
                caption: "Texts",
                columns: [.init("Text"), .init("Version", isNumber: true), .init("In use since"), .init("State")],
                hasCards: false,
                rows: editions.reversed().map { edition in
                    let own = edition["hash"].text ?? ""
                    return [
                        .init(
                            a(
                                .class("mono"), .href(Target("/workflows", name).with("hash", own).string),
                                own == hash ? .current("page") : nil
                            ) { HTML(String(own.prefix(12))) }),
                        .init(HTML(Numbers.grouped(edition["version"].int ?? 0))),
                        .init(edition["first_used_at"].moment.map { times.shortHTML($0) } ?? HTML()),
                        .init(
                            edition["takes_orders"].bool
                                ? mark("ok", "takes new orders") : mark("off", "of older orders")),
                    ]
                }
            ).html
        }
    }

    static func check(_ visit: Visit) async throws(Refused) -> Outcome {
        try visit.require("checkWorkflow")
        guard let text = visit.form.given("text") else { return .page(checkPage(visit, "", nil)) }
        let body = ActBody.json { writer in
            writer.key("text")
            writer.text(Text(visit.form["text"]))
        }
        do throws(Refused) {
            let found = try await visit.asker.change("POST", "/v1/workflows/check", body)
            return .page(checkPage(visit, text, found))
        } catch {
            guard error.status != 403, error.status < 500 else { throw error }
            return .page(checkPage(visit, text, nil, refused: error))
        }
    }

    private static func checkPage(_ visit: Visit, _ text: String, _ found: JSONValue?, refused: Refused? = nil) -> Page
    {
        Page("Check a workflow", at: .workflows) {
            p(.class("crumbs")) { a(.href("/workflows")) { "Workflows" } }
            div(.class("head")) { h1 { "Check a workflow’s text" } }
            p(.class("lead")) { "Nothing is stored. To keep a text that is right: " }
            p { code { "waybill workflow put FILE --db FILE --reason WHY" } }
            if let refused { Problems.notice(refused) }
            if let found { findings(found) }
            form(.class("act"), .method("post"), .action("/workflow-check")) {
                div(.class("body")) {
                    label {
                        "YAML or JSON"
                        textarea(.class("mono"), .name("text"), .rows(18), .required, .noSpelling) { HTML(text) }
                    }
                }
                div(.class("foot")) { button(.class("main")) { "Check" } }
            }
        }
    }

    private static func findings(_ found: JSONValue) -> HTML {
        let findings = found["findings"].list
        return div(.class("part")) {
            if findings.isEmpty {
                div(.class("notice ok"), .role("status")) {
                    span(.class("tag ok")) { "right" }
                    div { "Nothing is wrong with this text." }
                }
            } else {
                ul(.class("card flush todo")) {
                    for finding in findings {
                        li {
                            tag(finding["severity"].text == "error" ? "bad" : "warn", finding["severity"].text ?? "")
                            div {
                                b { HTML.name(finding["message"].text ?? "") }
                                p(.class("soft")) {
                                    "Line \(finding["line"].int ?? 0), column \(finding["column"].int ?? 0)"
                                    if let fix = finding["fix"].text { ": \(HTML.name(fix))" }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The states of a workflow without an order in them.
struct WorkflowBoxes: Sendable {
    let workflow: Workflow

    var section: HTML {
        WaybillPages.section(.class("part")) {
            header {
                h2 { "States" }
                span(.class("soft small")) { "boxes in boxes; what leads where" }
            }
            div(.class("chart")) {
                if let root = workflow.states.first {
                    if root.kind == .parallel {
                        div(.class("regions")) {
                            for child in root.children {
                                WaybillPages.section(.class("region"), .labelledby("region-\(child)")) {
                                    h3(.id("region-\(child)")) { HTML(workflow.states[child].name.string) }
                                    if workflow.states[child].children.isEmpty { box(child) }
                                    for inner in workflow.states[child].children { box(inner) }
                                }
                            }
                        }
                    } else {
                        div(.class("flow")) { for child in root.children { box(child) } }
                    }
                }
            }
        }
    }

    private func box(_ index: Int) -> HTML {
        let state = workflow.states[index]
        return div(.class("state\(state.kind == .final ? " final" : "")")) {
            h4 {
                HTML(state.name.string)
                span { state.kind == .final ? "final" : "" }
            }
            Moves.summary(of: index, in: workflow)
            for child in state.children { box(child) }
        }
    }
}
