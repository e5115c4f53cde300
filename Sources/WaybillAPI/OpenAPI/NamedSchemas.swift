import WaybillCore

/// Forms that documentation names once.
package enum NamedSchemas {
    /// All of them, by name.
    package static let all: [(name: String, schema: Schema)] = [
        ("Problem", problem), ("Order", order), ("Event", event), ("Why", why), ("Topic", topic), ("Group", group),
        ("Lag", lag), ("LookBack", lookBack), ("DeadLetter", deadLetter), ("ShownDeadLetter", shownDeadLetter),
        ("LaneReport", laneReport), ("GroupClient", groupClient),
        ("Retention", retention), ("SentMessage", sentMessage), ("Message", message), ("Delivery", delivery),
        ("PreparedMessage", preparedMessage), ("HalfMessage", halfMessage), ("CheckBack", checkBack), ("Hold", hold),
        ("CloudEvent", cloudEvent), ("Findings", findings), ("Token", .object(tokenFields)),
        (
            "NewToken",
            .object(
                tokenFields + [
                    need("token", .text(), "Shown once."),
                    Field("rocketmq_access_key", .text(), "For RocketMQ clients, when asked for."),
                    Field("rocketmq_secret_key", .text(), "Shown once."),
                ])
        ),
    ]

    /// A field that is always there.
    private static func need(_ name: String, _ schema: Schema, _ summary: String = "") -> Field {
        Field(name, schema, summary, isRequired: true)
    }

    private static func list(_ element: Schema) -> Schema { .array(element, countMax: 1_000_000) }

    private static let problem = Schema.object([
        need("type", .text(), "The page of its code."), need("title", .text()), need("status", .integer(400...599)),
        need("detail", .text(bytesMax: 65_536)), need("instance", .text()), need("code", .text()),
        Field("values", .anyObject, "What the detail names."),
        need("stored", .boolean, "Whether a repeat under the same key gets this answer again."),
        Field("retry_after_ms", .integer()), Field("findings", list(.anyObject)),
        Field("missed", list(.named("Event"))),
        need("request_id", .text()),
    ])

    private static let cloudEvent = Schema.object([
        need("specversion", .word(["1.0"])), need("id", .text(bytesMax: 255)), need("source", .text()),
        need("type", .text()), Field("subject", .text()), Field("time", .time), Field("datacontenttype", .text()),
        Field("partitionkey", .text(bytesMax: 63)), Field("traceparent", .text()), Field("data", .any),
        Field("data_base64", .text(bytesMax: Operation.BodyRule.messagesMax)),
    ])

    static let timeout = Schema.object([need("name", .text()), need("due", .time)])
    private static let possible = Schema.object([
        need("command", .text()), need("guards", list(.text(bytesMax: 65_536))),
    ])

    private static let explained = Schema.object([
        need("command", .text()), need("guards", list(.text(bytesMax: 65_536))),
        need("roles", list(.text()), "Who may send it; empty: anybody."), need("ways", list(way)),
    ])

    private static let way = Schema.object([
        need("state", .text(), "The active state that has the way; empty: the whole order."),
        Field("target", .text(), "Where it leads; left out: no state is left."),
        Field("guard", .text(bytesMax: 65_536)), Field("because", .text(), "The workflow's sentence for the guard."),
        need(
            "outlook", .word(OrderWay.Outlook.allCases.map(\.rawValue)),
            "Whether the guard is true, is not whatever the command says, or depends on the command's data."),
        need(
            "reads", list(.object([need("name", .text()), need("value", .text())])),
            "What the guard reads of the order."),
        need(
            "obstacles", list(.object([need("text", .text()), need("finding", .text())])),
            "What of a closed guard is not true."),
    ])

    private static let order = Schema.object([
        need("id", .text()), need("workflow", .text()), need("workflow_version", .integer()),
        need("workflow_hash", .text()), need("version", .integer()), need("status", .text()),
        need("states", list(.text()), "The innermost states that are active."), need("finished", .boolean),
        Field("at_rest", .boolean, "Whether nothing is awaited of it or its children; not in a list, nor of the past."),
        need("placed_at", .time),
        need("lane", .text()), Field("parent", .text()), need("children", list(.text())),
        need("calls", list(.object([need("key", .text()), need("state", .text()), need("deadline", .time)]))),
        need("timeouts", list(timeout)),
        need(
            "holds",
            list(
                .object([
                    need("sku", .text()), need("location", .text()), need("reserved", .integer()),
                    need("sold", .integer()), need("shipped", .integer()),
                ]))), need("possible", list(possible)), need("context", .anyObject, "By the workflow."),
    ])

    private static let event = Schema.object([
        need("event", .text()), need("version", .integer()), need("type", .text()), need("at", .time),
        need("caller", .text()), need("key", .nullable(.text())), need("cause", .nullable(.text())),
        need("trace", .nullable(.text())),
        Field("trace_link", .text(), "The trace context of the event that led to it, where it has none itself."),
        Field("by", .text(), "The role."), Field("timeout", .text()),
        Field("expired", .text(), "The key of the call that was not answered in time."),
        Field("asked", .anyObject, "The data of the command."), Field("facts", list(.anyObject)),
        Field("status", .text(), "The new one."), Field("left", list(.text()), "Paths of states."),
        Field("entered", list(.text()), "Paths of states."),
        Field("set", list(.object([need("path", .text()), need("value", .any)]))),
        Field(
            "armed", list(.object([need("timeout", .text()), need("due", .time), Field("lane", .text())])),
            "Timeouts that were started."),
        Field("cancelled", list(.text()), "Timeouts that will not fire."),
        Field(
            "stock",
            list(
                .object([
                    need("verb", .text()), need("sku", .text()), need("location", .text()),
                    need("quantity", .integer()),
                ]))),
        Field(
            "calls",
            list(
                .object([
                    need("key", .text()), need("topic", .text()), need("deadline", .time), need("data", .anyObject),
                ]))),
        Field("answered", list(.object([need("key", .text()), need("result", .text())]))),
        Field("unanswered", list(.text()), "Calls that are overdue and stay open."),
        Field("tells", list(.anyObject), "Commands to parent and children, and new children."),
        Field(
            "messages",
            list(
                .object([
                    need("id", .text()), need("topic", .text()), Field("tag", .text()), Field("half", .boolean),
                ]))),
    ])

    private static let refusal = Schema.object([
        need("at", .time), need("command", .text()), need("caller", .text()), Field("key", .text()),
        need("code", .text()), need("message", .text()),
        Field("values", .anyObject, "What the message says, by names, as in a problem's `values`."),
    ])

    private static let why = Schema.object([
        need("order", .text()), need("placed", .boolean), need("refusals", list(refusal)), Field("status", .text()),
        Field("timeouts", list(timeout)), Field("calls", list(.anyObject)), Field("possible", list(explained)),
        Field(
            "children",
            list(.object([need("id", .text()), need("status", .text()), need("finished", .boolean)])),
            "At most \(Orders.childrenMax); the order itself names all."),
        Field("timeouts_held", .named("Hold"), "When none fires."),
    ])

    private static let topic = Schema.object([
        need("name", .text()), need("type", .text()), need("queues", .integer()), need("bytes_max", .integer()),
        need("retention", .text()), need("created_at", .time),
    ])

    private static let group = Schema.object([
        need("name", .text()), need("fifo", .boolean), need("broadcast", .boolean), need("max_attempts", .integer()),
        need("ladder", list(.text())), need("invisible", .text()), need("created_at", .time),
        Field("created_by", .text(), "Who made it, where that is known."), need("last_used_at", .time),
        need("idle", .boolean),
        Field(
            "starts_at", .word(GroupStart.allCases.map(\.rawValue)),
            "Where it begins in a topic that it has not read before; by default the oldest message."),
    ])

    private static let lag = Schema.object([
        need("group", .text()), need("topic", .text()), need("owed", .integer()), need("waiting", .integer()),
        need("in_flight", .integer()), need("due", .integer()), need("ready", .integer()), need("behind", .integer()),
        need("dead", .integer()), need("finished", .integer()), Field("oldest_ms", .integer()),
        Field("held_back", .text()),
    ])

    private static let groupClient = Schema.object([
        need("client", .text()), need("lane", .text()), need("holds", .integer(), "Deliveries without an answer."),
        need("heard_at", .time), need("alive", .boolean),
        Field("language", .text(), "What a RocketMQ client says it is written in."), Field("version", .text()),
        Field("address", .text(), "From where a RocketMQ client has connected."),
    ])

    private static let lookBack = Schema.object([
        need("group", .text()), need("topic", .text()), need("preview", .boolean), need("effects", .text()),
        need("queues", list(.anyObject)),
    ])

    private static let letterFields = [
        need("id", .text()), need("topic", .text()), need("died_at", .time), need("state", .text()),
        need("why", .text()),
    ]
    private static let deadLetter = Schema.object(letterFields)
    private static let shownDeadLetter = Schema.object(
        letterFields + [
            Field("tag", .text()), need("keys", list(.text())), Field("message_group", .text()), need("lane", .text()),
            need("priority", .integer()), need("properties", .map(.text())), Field("order", .text()),
            need("born_at", .time), need("body_bytes", .integer()), Field("data", .any), Field("data_base64", .text()),
        ])

    private static let laneReport = Schema.object([
        need("lane", .text()), need("end", .text()), need("shares", list(.anyObject)),
    ])

    private static let retention = Schema.object([
        need("topic", .text()), need("messages", .integer()), need("bytes", .integer()), need("bytes_max", .integer()),
        need("goes_by_time", .integer()), need("bytes_beyond_size", .integer()), need("claims", list(.anyObject)),
    ])

    private static let sentMessage = Schema.object([
        need("id", .text()), need("recall", .nullable(.text()), "By what a delayed one is taken back."),
    ])

    private static let message = Schema.object([
        need("id", .text()), need("topic", .text()), Field("tag", .text()), need("keys", list(.text())),
        Field("message_group", .text()), need("lane", .text()), need("priority", .integer()),
        need("properties", .map(.text())), Field("order", .text()), Field("event", .text()), need("born_at", .time),
        need("stored_at", .time), need("body_bytes", .integer()),
        need("position", .text(), "Where it lies, for a look-back to it."), Field("data", .any),
        Field("data_base64", .text()),
    ])

    private static let delivery = Schema.object([
        need("receipt", .text()), need("attempt", .integer()), need("replayed", .boolean),
        need("invisible_until", .time), need("id", .text()),
        need("position", .text(), "Where it lies, for a look-back to it."), need("topic", .text()),
        Field("tag", .text()), need("keys", list(.text())), Field("message_group", .text()), need("lane", .text()),
        need("priority", .integer()), need("properties", .map(.text())),
        Field("order", .text(), "The order that sent it."), Field("event", .text(), "The event that sent it."),
        need("born_at", .time), need("stored_at", .time, "When it became visible."),
        need("message", .anyObject, "A CloudEvent."),
    ])

    private static let preparedMessage = Schema.object([
        need("transaction", .text()), need("id", .text()), need("commit_url", .text()), need("rollback_url", .text()),
    ])

    private static let halfMessage = Schema.object([
        need("id", .text()), need("topic", .text()), need("producer", .text()),
        Field("answered_by", .text(), "`journal`: it is asked instead of the producer."), need("prepared_at", .time),
        need("checks", .integer()), need("parked", .boolean), Field("next_check_at", .time),
        need("transaction", .text()),
    ])

    private static let checkBack = Schema.object([
        need("transaction", .text()), need("id", .text()), need("topic", .text()), need("prepared_at", .time),
        need("check", .integer()), need("last", .boolean), need("keys", list(.text())), Field("tag", .text()),
        Field("data", .any), Field("data_base64", .text()),
    ])

    private static let hold = Schema.object([
        need("held_by", .text()), need("since", .time), need("why", .text()), Field("until", .time),
    ])

    private static let findings = Schema.object([
        need("ok", .boolean), need("findings", list(.anyObject)),
        Field("in_file", list(.anyObject), "What does not fit the parents in the file, when it was asked for."),
    ])

    private static let tokenFields = [
        need("id", .text()), need("name", .text()), need("grants", list(.text())), need("created_at", .time),
        need("created_by", .text()), need("reason", .text()), need("expires_at", .time),
        need("revoked_at", .nullable(.time)),
        need("last_used_on", .nullable(.text(bytesMax: 16)), "The day on which a server was asked with it last."),
    ]
}
