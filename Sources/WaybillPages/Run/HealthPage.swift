import WaybillCore

/// How the server is: each vital with its value, its limit and a word.
enum HealthPage {
    static func answer(_ visit: Visit) async throws(Refused) -> Outcome {
        let health = try await visit.asker.get("/v1/health")
        let version = await visit.asker.optional("/version")
        let modules = await visit.asker.optional("/v1/modules")?["items"].list ?? []
        let vitals = health["vitals"].members
        let word = health["word"].text ?? ""
        var page = Page("Health", at: .health) {
            div(.class("head")) {
                h1 { "Health" }
                span(.dataPart("tag")) {
                    tag(word, word == "ok" ? "healthy" : word == "warn" ? "needs a look" : "in trouble", isBig: true)
                }
                div(.class("acts"), .id("pause")) { HTML() }
            }
            dl(.class("facts")) {
                fact("Waybill", HTML(version?["version"].text ?? ""))
                fact("SQLite", HTML(health["sqlite"].text ?? ""))
                fact("Schema", HTML(version?["schema"].plain ?? ""))
                fact("Started", HTML("\(Numbers.grouped(health["boot"].int ?? 0)) times with this file"))
            }
            visit.did
            if vitals.contains(where: { $0.name == "clock" && $0.value["word"].text != "ok" }),
                visit.asker.may("confirmClock")
            {
                div(.class("notice warn")) {
                    span(.class("tag warn")) { "clock" }
                    div { "The clock jumped ahead. Timeouts wait until it is said to be right." }
                    a(.class("button"), .href("/health/clock")) { "It is right" }
                }
            }
            div(.class("card flush part"), .dataPart("vitals")) {
                ListTable(
                    caption: "Vitals",
                    columns: [.init("Vital"), .init("Value"), .init("Limit"), .init("Word")], hasCards: false,
                    rows: vitals.map { name, vital in
                        let words = VitalWords.of(name, vital)
                        let word = vital["word"].text ?? ""
                        return [
                            .init(HTML(words.title)), .init(HTML.name(words.value)),
                            .init(words.limit.isEmpty ? noneHTML("no limit") : HTML(words.limit)),
                            .init(tag(word, word), isSaid: true),
                        ]
                    }
                ).html
            }
            self.modules(modules)
        }
        page.asOf = health["event"].text.flatMap { Position(text: $0) }
        page.live = "/live/overview"
        return .page(page)
    }

    private static func modules(_ modules: [JSONValue]) -> HTML {
        section(.class("part"), .dataPart("modules")) {
            header { h2 { "Modules" } }
            div(.class("card flush")) {
                if modules.isEmpty {
                    emptyPart("No module runs here") {
                        code { "waybill serve --modules cart,points" }
                        " runs those that come with Waybill."
                    }
                } else {
                    ListTable(
                        caption: "Modules",
                        columns: [
                            .init("Module"), .init("Runs"), .init("Owed", isNumber: true),
                            .init("Failures", isNumber: true),
                        ],
                        hasCards: false,
                        rows: modules.map { module in
                            [
                                .init(HTML.name(module["name"].text ?? "")),
                                .init(
                                    mark(
                                        module["running"].bool ? "ok" : "off",
                                        module["running"].bool ? "runs" : "does not run")),
                                .init(countHTML(module["owed"].int ?? 0)),
                                .init(countHTML(module["failures"].int ?? 0)),
                            ]
                        }
                    ).html
                }
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
