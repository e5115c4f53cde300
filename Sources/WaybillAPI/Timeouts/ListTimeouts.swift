import Waybill
import WaybillAccess
import WaybillCore
import WaybillEngine

extension Timeouts {
    private typealias State = PendingTimeoutView.State

    private static let pending = Schema.object([
        Field("order", .text(), isRequired: true), Field("name", .text(), isRequired: true),
        Field("due", .time, isRequired: true), Field("status", .text(), "Of the order.", isRequired: true),
        Field("state", .word(State.allCases.map(\.rawValue)), isRequired: true),
        Field("attempt", .integer(), "How often its handling was refused."), Field("retry_at", .time),
        Field("error", .text(), "Why it was refused last."),
    ])

    static let listTimeouts = Operation(
        "listTimeouts", .get, "/v1/timeouts", "Lists pending timeouts of orders by due time.", grant: Need(.viewer),
        query: [
            Parameter("due_from", .time, "Only those due then or later."),
            Parameter("due_to", .time, "Only those due then or earlier."),
            Parameter("name", .text(), "Only those of this name."),
            Parameter("order", .text(), "Only those of this order, in any state unless one is said."),
            Parameter(
                "state", .word(State.allCases.map(\.rawValue)),
                "Only waiting, overdue, retrying or parked ones; without an order by default those that wait for "
                    + "their time. One that is parked is tried again when it is moved."),
        ] + PageRequest.parameters,
        answers: [Operation.Answer(200, "A page.", .pageOfKnown(pending))], problems: [.badCursor, .unknownOrder],
        example: Example(
            after: [ExampleShop.stock, ExampleShop.place], .get("/v1/timeouts?name=pay_due"), 200,
            #"""
            {"items":[{"order":"order-7","name":"pay_due","due":"2026-11-29T12:30:00Z","status":"awaiting payment",
             "state":"waiting"}],"next":null,"as_of":"e2"}
            """#),
        handler: list)

    private static func list(_ call: Call) async throws(Problem) -> Reply {
        let (from, to) = (try call.query.time("due_from"), try call.query.time("due_to"))
        let (name, order) = (call.query.text("name"), call.query.text("order"))
        let state = try call.query.word("state", State.self)
        let page = try PageRequest(
            call,
            of: PageRequest.list(
                "timeouts", from.map { Text("\($0.milliseconds)") }, to.map { Text("\($0.milliseconds)") }, name, order,
                state.map { Text($0.rawValue) }))
        let start = try place(of: page) ?? from.map { PendingTimeout.Place(due: $0) }
        let now = call.book.now
        let isAsked = { (timeout: PendingTimeout) in
            (to.map { timeout.due <= $0 } ?? true) && (name.map { timeout.name.text == $0 } ?? true)
                && (state.map { State(timeout, at: now) == $0 } ?? true)
        }
        if let id = order.map({ OrderID($0) }) {
            // One order holds few.
            guard let all = try await call.book.read({ book in try book.engine.pendingTimeouts(of: id) }) else {
                throw Problem(.unknownOrder(id))
            }
            let rest = all.filter { timeout in (start.map { timeout.place > $0 } ?? true) && isAsked(timeout) }
            return page.reply(ofRest: rest, at: \.place.texts) { $0.pending($1, at: now) }
        }
        let found = try await call.book.read { book in
            try book.engine.pendingTimeouts(
                after: start, areRetried: state == .retrying || state == .parked, limit: page.limit)
        }
        let inTime = found.prefix { timeout in to.map { timeout.due <= $0 } ?? true }
        let last = found.count == page.limit && inTime.count == found.count ? found.last : nil
        let asked = inTime.filter(isAsked)
        var unknown: [Engine.UnknownName] = []
        if asked.isEmpty, page.after == nil, let name {
            unknown = try await call.book.read { book in
                book.engine.unknownName(ofTimeout: TimeoutName(name)).map { [$0] } ?? []
            }
        }
        return page.reply(asked, next: last?.place.texts, unknown: unknown) { $0.pending($1, at: now) }
    }

    private static func place(of page: PageRequest) throws(Problem) -> PendingTimeout.Place? {
        guard let place = page.after else { return nil }
        guard let place = PendingTimeout.Place(texts: place) else {
            throw .badCursor("the cursor is none of this list; begin without a cursor")
        }
        return place
    }
}

extension JSONWriter {
    fileprivate mutating func pending(_ timeout: PendingTimeout, at now: Moment) {
        beginObject()
        member("order", timeout.order.text)
        member("name", timeout.name.text)
        member("due", timeout.due)
        member("status", timeout.status)
        member("state", Text(PendingTimeoutView.State(timeout, at: now).rawValue))
        if let retry = timeout.retry {
            member("attempt", retry.attempt)
            if let at = retry.at { member("retry_at", at) }
            member("error", retry.error)
        }
        endObject()
    }
}
