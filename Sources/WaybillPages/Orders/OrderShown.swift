import WaybillCore

/// What the page of one order is made of: the order as of a moment, and what the journal says of it.
struct OrderShown: Sendable {
    /// Events that one page tells of.
    static let eventsMax: Int64 = 200

    let id: String
    /// As it is shown.
    let order: JSONValue
    /// The version that it has now.
    let lastVersion: Int64
    /// Whether it is shown as of a moment of its past.
    let isPast: Bool
    /// The events that are known here, the oldest first, later ones than what is shown included.
    let events: [JSONValue]
    let why: JSONValue
    /// Nil: its text cannot be read.
    let workflow: Workflow?
    /// What it has sent, each with where it stands now.
    let messages: [JSONValue]
    let times: Times
    let now: Moment

    var version: Int64 { order["version"].int ?? 0 }
    var status: String { order["status"].text ?? "" }
    var isFinished: Bool { order["finished"].bool }
    var states: [String] { order["states"].texts }
    var workflowName: String { order["workflow"].text ?? "" }
    var target: Target { Target("/orders", id) }

    /// The events up to what is shown.
    var shownEvents: [JSONValue] { events.filter { ($0["version"].int ?? 0) <= version } }
    /// Refusals up to then, the newest first.
    var refusals: [JSONValue] { why["refusals"].list }

    /// The address of the page as of one of its events.
    func address(ofEvent version: Int64) -> String { target.with("event", "\(version)").string }

    static func load(_ visit: Visit) async throws(Refused) -> OrderShown {
        let asker = visit.asker
        let id = visit["order"]
        let target = Target("/v1/orders", id)
        let present = try await asker.get(target.string)
        let last = present["version"].int ?? 0
        var events = try await asker.get(
            target.then("history").with("limit", "\(eventsMax)").with("after", "\(max(0, last - eventsMax))").string
        )["items"].list
        var (name, value) = ("", "")
        if let event = visit.query.given("event") {
            guard let number = Int64(event), (1...max(1, last)).contains(number) else {
                throw Refused(
                    status: 404, code: "unknown_event", detail: "\(id) has \(last) events, and no event \(event)")
            }
            if number < last {
                if !events.contains(where: { $0["version"].int == number }) {
                    events = try await asker.get(
                        target.then("history").with("limit", "\(eventsMax)").with("after", "\(max(0, number - 100))")
                            .string
                    )["items"].list
                }
                let position = events.first { $0["version"].int == number }?["event"].text ?? ""
                (name, value) = ("at_event", position)
            }
        } else if let at = visit.query.given("at") {
            guard let moment = Moment(typed: at) else {
                throw Refused(
                    status: 400, code: "bad_parameter",
                    detail: "\(at) is not a time; write it in UTC as 2026-11-30 10:05 or 2026-11-30 10:05:16")
            }
            if moment < visit.now { (name, value) = ("at", moment.iso8601) }
        }
        let isPast = !value.isEmpty
        let order = isPast ? try await asker.get(target.with(name, value).string) : present
        let why = try await asker.get(target.then("why").with(name, value).string)
        let messages = await asker.optional(target.then("messages").with("limit", "\(eventsMax)").string)
        let workflow = await visit.charts.workflow(
            order["workflow"].text ?? "", hash: order["workflow_hash"].text ?? "", by: asker)
        let version = order["version"].int ?? 0
        let eventTime = events.first { $0["version"].int == version }?["at"].moment
        let shownAt = name == "at" ? Moment(iso8601: Text(value)) : eventTime
        return OrderShown(
            id: id, order: order, lastVersion: last, isPast: isPast, events: events, why: why, workflow: workflow,
            messages: messages?["items"].list ?? [], times: Times(now: isPast ? shownAt ?? visit.now : visit.now),
            now: visit.now)
    }
}
