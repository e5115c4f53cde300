import Waybill
import WaybillAccess
import WaybillCore
import WaybillEngine

extension Timeouts {
    /// How a pending timeout is.
    private enum State: String, CaseIterable { case waiting, overdue, retrying, parked }

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
            Parameter("order", .text(), "Only those of this order."),
            Parameter(
                "state", .word(State.allCases.map(\.rawValue)),
                "Only waiting, overdue, retrying or parked ones; those that wait for their time unless said."),
        ] + PageRequest.parameters,
        answers: [Operation.Answer(200, "A page.", .page(pending))], problems: [.badCursor, .unknownOrder],
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
            of: Text(
                "timeouts \(from?.milliseconds ?? .min) \(to?.milliseconds ?? .max) \(name ?? "") "
                    + "\(order ?? "") \(state?.rawValue ?? "")"))
        if let order { return try await list(of: OrderID(order), name, state, page, call) }
        let start = try place(of: page) ?? from.map { PendingTimeout.Place(due: $0) }
        let now = call.book.now
        let found = try await call.book.read { book in
            try book.engine.pendingTimeouts(
                after: start, areRetried: state == .retrying || state == .parked, limit: page.limit)
        }
        let inTime = found.prefix { timeout in to.map { timeout.due <= $0 } ?? true }
        let items = inTime.filter { timeout in
            (name.map { timeout.name.text == $0 } ?? true)
                && (state.map { timeout.state(at: now) == $0.rawValue } ?? true)
        }
        let last = found.count == page.limit && inTime.count == found.count ? found.last?.place : nil
        let next = last.map { [Text("\($0.due.milliseconds)"), Text("\($0.owner)"), $0.name] }
        return page.reply(Array(items), next: next) { $0.pending($1, at: now) }
    }

    /// Those of one order, which holds few.
    private static func list(
        of id: OrderID, _ name: Text?, _ state: State?, _ page: PageRequest, _ call: Call
    ) async throws(Problem) -> Reply {
        guard let order = try await call.book.read({ book in try book.order(id) }) else {
            throw Problem(.unknownOrder(id))
        }
        let now = call.book.now
        let items = order.timeouts.filter { timeout in
            let isOverdue = timeout.due < now
            return (name.map { timeout.name.text == $0 } ?? true)
                && (state.map { $0 == (isOverdue ? .overdue : .waiting) } ?? true)
        }
        return page.reply(items, next: Int64?.none) { writer, timeout in
            writer.beginObject()
            writer.member("order", id.text)
            writer.member("name", timeout.name.text)
            writer.member("due", timeout.due)
            writer.member("status", order.status)
            writer.member("state", timeout.due < now ? "overdue" : "waiting")
            writer.endObject()
        }
    }

    private static func place(of page: PageRequest) throws(Problem) -> PendingTimeout.Place? {
        guard let place = page.after else { return nil }
        guard place.count == 3, let due = Int64(place[0].string), let owner = Int64(place[1].string) else {
            throw Problem(.badCursor, "the cursor is none of this list; begin without a cursor")
        }
        return PendingTimeout.Place(due: Moment(milliseconds: due), owner: owner, name: place[2])
    }
}

extension PendingTimeout {
    fileprivate func state(at now: Moment) -> String {
        guard let retry else { return due < now ? "overdue" : "waiting" }
        return retry.at == nil ? "parked" : "retrying"
    }
}

extension JSONWriter {
    fileprivate mutating func pending(_ timeout: PendingTimeout, at now: Moment) {
        beginObject()
        member("order", timeout.order.text)
        member("name", timeout.name.text)
        member("due", timeout.due)
        member("status", timeout.status)
        member("state", Text(timeout.state(at: now)))
        if let retry = timeout.retry {
            member("attempt", retry.attempt)
            if let at = retry.at { member("retry_at", at) }
            member("error", retry.error)
        }
        endObject()
    }
}
