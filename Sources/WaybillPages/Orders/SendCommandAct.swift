import WaybillAccess
import WaybillCore
import WorkflowFile

/// Sends a command to an order: its data and role, a preview of what it meets, and back to the order.
enum SendCommandAct {
    private static let dataBytesMax = 16 * 1_024

    static func choose(_ visit: Visit) async throws(Refused) -> Outcome {
        try visit.require("sendCommand")
        let found = try await find(visit)
        let example = found.workflow?.command(EventName(Text(visit["command"]))).map { command in
            JSONValue.lenient(ExampleData.json(command.data)).readable()
        }
        return .page(
            Page("Send \(visit["command"])", at: .orders) {
                heading(visit, found)
                actChoice(
                    "What does it say?", action: address(visit).then("preview").string, back: orderTarget(visit).string
                ) {
                    if found.roles.count > 1 {
                        choiceField("It is sent as", "role", visit.query["role"], found.roles.map { ($0, $0) })
                    } else {
                        input(.type("hidden"), .name("role"), .value(found.roles.first ?? ""))
                    }
                    label {
                        "Data, as JSON. What is here is an example"
                        textarea(.class("mono"), .name("data"), .rows(10), .noSpelling, .maxlength(dataBytesMax)) {
                            HTML(visit.query.given("data") ?? example ?? "{}")
                        }
                    }
                }
            })
    }

    static func preview(_ visit: Visit) async throws(Refused) -> Outcome {
        try visit.require("sendCommand")
        return .page(try await page(visit, visit.query))
    }

    static func send(_ visit: Visit) async throws(Refused) -> Outcome {
        let data = visit.form.given("data") ?? "{}"
        let target = Target("/v1/orders", visit["order"]).then("commands").then(visit["command"])
        do throws(Refused) {
            let receipt = try await visit.asker.change(
                "POST", target.string, Array(data.utf8), key: visit.form.given("key"), role: visit.form.given("role"))
            return .elsewhere(orderTarget(visit).with("done", receipt["event"].text).string)
        } catch {
            guard error.status != 403, error.status < 500 else { throw error }
            return .page(try await page(visit, visit.form, refused: error))
        }
    }

    private struct Found {
        var order: JSONValue
        var workflow: Workflow?
        /// Those in which the reader may send it.
        var roles: [String]
        var ways: [JSONValue]
    }

    private static func find(_ visit: Visit) async throws(Refused) -> Found {
        let target = Target("/v1/orders", visit["order"])
        let order = try await visit.asker.get(target.string)
        let why = try await visit.asker.get(target.then("why").string)
        guard let possible = why["possible"].list.first(where: { $0["command"].text == visit["command"] }) else {
            throw Refused(
                status: 404, code: "unknown_command",
                detail: "no state that \(visit["order"]) is in takes the command \(visit["command"])")
        }
        let roles = possible["roles"].texts.filter { $0 != "child" && visit.asker.principal.maySpeak(as: Text($0)) }
        guard !roles.isEmpty || possible["roles"].list.isEmpty else {
            throw Refused(
                status: 403, code: "wrong_role",
                detail:
                    "\(visit["command"]) is sent as \(possible["roles"].texts.joined(separator: " or ")), "
                    + "which this token may not"
            )
        }
        let workflow = await visit.charts.workflow(
            order["workflow"].text ?? "", hash: order["workflow_hash"].text ?? "", by: visit.asker)
        return Found(order: order, workflow: workflow, roles: roles, ways: possible["ways"].list)
    }

    private static func page(
        _ visit: Visit, _ values: FormValues, refused: Refused? = nil
    ) async throws(Refused) -> Page {
        let found = try await find(visit)
        let data = values.given("data") ?? "{}"
        var read: JSONValue?
        var problem = refused
        do throws(JSONProblem) {
            read = try JSONValue(Array(data.utf8))
        } catch {
            problem = Refused(
                status: 400, code: "bad_json", detail: "the data is no JSON: \(error.message), at byte \(error.offset)")
        }
        let again = address(visit).with("role", values.given("role")).with("data", data)
        var page = Page("Send \(visit["command"])", at: .orders) {
            heading(visit, found)
            ActPreview(
                sentence: "Send \(HTML.name(visit["command"])) to \(HTML.name(visit["order"]))",
                target: address(visit).then("preview").string, back: again.string,
                facts: [
                    ("Status", HTML.name(found.order["status"].text ?? "")),
                    ("As", HTML.name(values.given("role") ?? "no role")),
                ],
                shown: pre { HTML(read?.readable() ?? data) },
                values: [("data", data), ("role", values["role"])],
                key: values.given("key") ?? visit.asker.newKey, button: "Send \(visit["command"])",
                undo: "Cannot be undone; another command may lead back", needsReason: false, refused: problem
            ).html
        }
        if let problem { page.status = problem.status }
        return page
    }

    private static func heading(_ visit: Visit, _ found: Found) -> HTML {
        pieces {
            p(.class("crumbs")) {
                a(.href("/orders")) { "Orders" }
                " / "
                a(.class("mono"), .href(orderTarget(visit).string)) { HTML.name(visit["order"]) }
            }
            div(.class("head")) { h1 { "Send \(HTML.name(visit["command"]))" } }
            for way in found.ways {
                if let guarding = way["guard"].text {
                    p(.class("lead")) {
                        "It is taken when "
                        if let because = way["because"].text { HTML.name(because) } else { code { HTML(guarding) } }
                        for read in way["reads"].list { HTML.soft(". \(Moves.reading(read))") }
                    }
                }
            }
        }
    }

    private static func orderTarget(_ visit: Visit) -> Target { Target("/orders", visit["order"]) }
    private static func address(_ visit: Visit) -> Target { orderTarget(visit).then("commands").then(visit["command"]) }
}
