import Waybill
import WaybillAccess
import WaybillCore
import WaybillEngine

/// Operations on what was done outside of orders and stock.
enum Audit {
    static let operations: [Operation] = [listAudits]

    static let listAudits = Operation(
        "listAudits", .get, "/v1/audit",
        "Lists acts of operators and what the engine must tell: who, when, what and why.",
        grant: Need(.operator),
        query: [
            Parameter("from", .time, "Only those of then or later."),
            Parameter("type", .text(), "Only those of this type: `$hold`."),
            Parameter("caller", .text(), "Only those of this caller."),
            Parameter(
                "order", .word(Order.allCases.map(\.rawValue)), "Which come first; by default the oldest."),
        ] + PageRequest.parameters,
        answers: [
            Operation.Answer(
                200, "A page; one with a filter may be short, even empty, while `next` is there.",
                .pageOfKnown(
                    .object([
                        Field("event", .text(), isRequired: true), Field("type", .text(), isRequired: true),
                        Field("at", .time, isRequired: true), Field("caller", .text(), isRequired: true),
                        Field("trace", .text()), Field("about", .anyObject, "By the type.", isRequired: true),
                    ])))
        ], problems: [.badCursor],
        example: Example(
            after: [Example.Step(.post, "/v1/timeouts/hold", body: #"{"reason":"payments are down"}"#)],
            .get("/v1/audit?type=$hold"), 200,
            #"""
            {"items":[{"event":"e1","type":"$hold","at":"2026-11-29T12:00:00Z","caller":"owner",
             "about":{"held_by":"owner","since":"2026-11-29T12:00:00Z","why":"payments are down","request":"r-1"}}],
             "next":null,"as_of":"e1"}
            """#),
        handler: list)

    private enum Order: String, CaseIterable { case oldest, newest }

    private static func list(_ call: Call) async throws(Problem) -> Reply {
        let (type, caller) = (call.query.text("type"), call.query.text("caller"))
        let from = try call.query.time("from")
        let order = try call.query.word("order", Order.self) ?? .oldest
        let page = try PageRequest(
            call,
            of: PageRequest.list(
                "audit", type, caller, from.map { Text("\($0.milliseconds)") }, Text(order.rawValue)))
        let found = try await call.book.read { book in
            switch order {
            case .oldest: try book.engine.audits(after: page.number ?? 0, limit: page.limit)
            case .newest: try book.engine.audits(before: page.number, limit: page.limit)
            }
        }
        let items = found.filter { audit in
            (type.map { audit.type.text == $0 } ?? true) && (caller.map { audit.caller == $0 } ?? true)
                && (from.map { audit.at >= $0 } ?? true)
        }
        var unknown: [Engine.UnknownName] = []
        if items.isEmpty, page.after == nil, let type {
            unknown = call.book.book.engine.unknownNames(ofEvents: [type], isOfActs: true)
        }
        let next = found.count == page.limit ? found.last?.version : nil
        return page.reply(items, next: next, unknown: unknown) { writer, audit in
            writer.beginObject()
            writer.auditMembers(audit)
            writer.endObject()
        }
    }
}

extension JSONWriter {
    /// What was done outside of orders and stock, without its braces.
    mutating func auditMembers(_ audit: EventView) {
        member("event", Text(audit.position.text))
        member("type", audit.type.text)
        member("at", audit.at)
        member("caller", audit.caller)
        member("trace", ifAny: audit.trace)
        key("about")
        json(audit.body.withoutFormat)
    }
}

extension [UInt8] {
    /// The body of an audit without the number of its stored form.
    fileprivate var withoutFormat: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        do throws(JSONProblem) {
            try JSONReader.read(self) { reader throws(JSONProblem) in
                try reader.object { name, reader throws(JSONProblem) in
                    let value = try reader.rawValue()
                    guard name != "format" else { return }
                    writer.key(named: name)
                    writer.json(value)
                }
            }
        } catch {
            return Array("{}".utf8)
        }
        writer.endObject()
        return writer.bytes
    }
}
