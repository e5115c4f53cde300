/// The JSON text of an order's event: what was asked and what came of it.
///
/// | key | holds |
/// |---|---|
/// | format | the number of the body's format, see `EventFormats` |
/// | order, workflow | first event only: the order's id and the number of its workflow's text in the file |
/// | parent | first event of a child order: the id of the order that spawned it |
/// | data | the command's data, named |
/// | by | the role that sent it |
/// | timeout | the name of the timeout that fired or was moved |
/// | call | the number of the call that was not answered in time |
/// | facts | answers from outside the order: `["done", opened ...]`, `["short", line, free]` |
/// | left, entered | states: outermost left (with all below), innermost entered (with all above) |
/// | set | `[field, key, member, value]`; key and member are null for a whole field or element |
/// | armed, stopped | timeouts: `[name, due]`, with the lane if it is not the order's; name |
/// | stock | movements: `[kind, sku, location, quantity]` |
/// | messages | `[topic, tag, digest]`, in order; their ids follow from the event and their place |
/// | relatives | `["spawn", workflow, id, digest]`, `["child", id, command, digest]`, `["parent", command, digest]` |
/// | called, settled | calls: `[number, definition, name, deadline, lane, data]`, `[number, result, hears an ok]` |
/// | unanswered | numbers of calls that were not answered in time and stay open |
/// | status | the new status |
/// | remember | the natural key used up: `[command, key, fingerprint]` |
///
/// Keys with nothing to say are left out, but for the format. The fold reads it; nothing is evaluated.
package struct EventBody: Sendable {
    package var order: OrderID?
    package var workflow: Int64?
    /// The data as JSON, named; empty: none.
    package var data: [UInt8] = []
    /// The data of an event that was read as its order's first, decoded.
    var placed: [Value]?
    package var role: Text?
    package var timeout: TimeoutName?
    package var parent: OrderID?
    package var call: Int64?
    package var outcome = Outcome()
    /// What the event says of its messages.
    package var messages: [MessageTrace] = []
    /// What the event says of what the order told its relatives.
    package var relatives: [RelativeCommand.Trace] = []

    package struct MessageTrace: Hashable, Sendable {
        package let topic: TopicName
        package let tag: Text?
        package let digest: Int64

        package init(topic: TopicName, tag: Text?, digest: Int64) {
            self.topic = topic
            self.tag = tag
            self.digest = digest
        }
    }

    package init() {}
}

extension EventBody {
    /// Writes the body; the same body gives the same bytes on every machine.
    package func write(to writer: inout JSONWriter, under workflow: Workflow) {
        writer.beginEventBody()
        if let order {
            writer.key("order")
            writer.text(order.text)
        }
        if let number = self.workflow {
            writer.key("workflow")
            writer.int(number)
        }
        if let parent {
            writer.key("parent")
            writer.text(parent.text)
        }
        if !data.isEmpty {
            writer.key("data")
            writer.json(data)
        }
        if let role {
            writer.key("by")
            writer.text(role)
        }
        if let timeout {
            writer.key("timeout")
            writer.text(timeout.text)
        }
        if let call {
            writer.key("call")
            writer.int(call)
        }
        writer.list("facts", outcome.facts) { $0.fact($1) }
        writer.list("left", workflow.outermost(outcome.left)) { $0.text(workflow.states[$1].path) }
        writer.list("entered", workflow.innermost(outcome.entered)) { $0.text(workflow.states[$1].path) }
        writer.list("set", outcome.changes) { $0.change($1, in: workflow.context) }
        writer.list("armed", outcome.armed) { $0.pendingTimeout($1) }
        writer.list("stopped", outcome.stopped) { $0.text($1.text) }
        writer.list("stock", outcome.movements) { $0.movement($1) }
        writer.list("messages", messages) { writer, message in
            writer.beginArray()
            writer.text(message.topic.text)
            writer.optionalText(message.tag)
            writer.int(message.digest)
            writer.endArray()
        }
        writer.list("relatives", relatives) { $0.relative($1) }
        writer.list("called", outcome.called) { $0.call($1) }
        writer.list("settled", outcome.settled) { writer, call in
            writer.beginArray()
            writer.int(call.number)
            writer.text(Text(call.result.rawValue))
            if call.hearsLate { writer.bool(true) }
            writer.endArray()
        }
        writer.list("unanswered", outcome.unanswered) { $0.int($1) }
        if let status = outcome.status {
            writer.key("status")
            writer.text(status)
        }
        if let key = outcome.remembered {
            writer.key("remember")
            writer.beginArray()
            writer.text(key.command.text)
            writer.text(key.key)
            writer.int(key.fingerprint)
            writer.endArray()
        }
        writer.endObject()
    }
}

extension Workflow {
    /// Of states that were left, those whose parent was not: the rest follows.
    package func outermost(_ left: [Int]) -> [Int] {
        left.filter { state in !left.contains { $0 < state && state <= states[$0].last } }.sorted()
    }

    /// Of states that were entered, those without an entered descendant: the rest follows.
    package func innermost(_ entered: [Int]) -> [Int] {
        entered.filter { state in !entered.contains { $0 > state && $0 <= states[state].last } }.sorted()
    }
}

extension JSONWriter {
    /// Writes a key and an array, or nothing when there is nothing in it.
    mutating func list<Element>(
        _ name: StaticString, _ elements: [Element], _ element: (inout JSONWriter, Element) -> Void
    ) {
        guard !elements.isEmpty else { return }
        key(name)
        beginArray()
        for each in elements { element(&self, each) }
        endArray()
    }

    package mutating func optionalText(_ text: Text?) {
        if let text { self.text(text) } else { null() }
    }

    mutating func pendingTimeout(_ timeout: Order.PendingTimeout) {
        beginArray()
        text(timeout.name.text)
        int(timeout.due.milliseconds)
        if let lane = timeout.lane { text(lane) }
        endArray()
    }

    package mutating func movement(_ movement: Movement) {
        beginArray()
        text(movement.kind.name)
        text(movement.key.sku.text)
        text(movement.key.location.text)
        int(movement.quantity)
        endArray()
    }

    fileprivate mutating func fact(_ answer: ReserveAnswer) {
        beginArray()
        switch answer {
        case .done(let opened):
            word("done")
            for index in opened { int(Int64(index)) }
        case .short(let line, let free):
            word("short")
            int(Int64(line))
            int(free)
        }
        endArray()
    }

    fileprivate mutating func change(_ change: Outcome.Change, in context: RecordType) {
        beginArray()
        switch change {
        case .field(let slot, let value):
            text(context.fields[slot].name)
            null()
            null()
            bare(value)
        case .element(let collection, let fields):
            text(context.fields[collection].name)
            text(fields.first?.plainText ?? "")
            null()
            bare(.record(fields))
        case .member(let collection, let key, let field, let value):
            text(context.fields[collection].name)
            text(key)
            if case .list(let element, _, _) = context.fields[collection].type {
                text(element.fields[field].name)
            } else {
                null()
            }
            bare(value)
        }
        endArray()
    }
}

extension Movement.Kind {
    /// The word that events use; part of the file format.
    package var name: Text {
        switch self {
        case .receive: "receive"
        case .adjust: "adjust"
        case .reserve: "reserve"
        case .confirm: "confirm"
        case .release: "release"
        case .giveBack: "give_back"
        case .ship: "ship"
        case .restock: "restock"
        case .scrap: "scrap"
        }
    }

    init?(name: TextInPlace) {
        switch name {
        case "receive": self = .receive
        case "adjust": self = .adjust
        case "reserve": self = .reserve
        case "confirm": self = .confirm
        case "release": self = .release
        case "give_back": self = .giveBack
        case "ship": self = .ship
        case "restock": self = .restock
        case "scrap": self = .scrap
        default: return nil
        }
    }
}
