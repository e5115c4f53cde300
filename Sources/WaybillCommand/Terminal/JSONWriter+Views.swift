import Waybill
import WaybillCore

/// The JSON of what commands show; times are ISO 8601 in UTC.
extension JSONWriter {
    /// What was written, as the one line of a command's answer.
    func print(to output: Output = .standard) { output.write(bytes + [UInt8(ascii: "\n")]) }

    mutating func member(_ name: StaticString, _ value: Text) {
        key(name)
        text(value)
    }

    mutating func member(_ name: StaticString, _ value: Int64) {
        key(name)
        int(value)
    }

    mutating func member(_ name: StaticString, _ value: Bool) {
        key(name)
        bool(value)
    }

    mutating func member(_ name: StaticString, _ value: Moment) { member(name, Text(value.iso8601)) }

    /// Nothing when there is no value.
    mutating func member(_ name: StaticString, ifAny value: Text?) {
        if let value { member(name, value) }
    }

    mutating func members<Element>(
        _ name: StaticString, _ elements: [Element], _ body: (inout JSONWriter, Element) -> Void
    ) {
        key(name)
        beginArray()
        for element in elements { body(&self, element) }
        endArray()
    }

    mutating func timeout(_ name: TimeoutName, due: Moment) {
        beginObject()
        member("name", name.text)
        member("due", due)
        endObject()
    }

    mutating func refusal(_ refusal: Refusal) {
        beginObject()
        member("code", Text(refusal.code))
        member("message", Text(refusal.message))
        endObject()
    }

    mutating func refusal(_ refusal: RefusalView) {
        beginObject()
        member("at", refusal.at)
        member("command", refusal.command.text)
        member("caller", refusal.caller)
        member("key", ifAny: refusal.key)
        member("code", refusal.code)
        member("message", refusal.message)
        endObject()
    }

    /// - Parameter isAtRest: nil: it is not known, as of an order of the past.
    mutating func order(_ order: OrderView, calls: [CallView] = [], isAtRest: Bool? = nil) {
        beginObject()
        member("id", order.id.text)
        member("workflow", order.workflow.text)
        member("workflow_version", order.workflowVersion)
        member("workflow_hash", order.workflowHash.text)
        member("version", order.version)
        member("status", order.status)
        members("states", order.states) { $0.text($1) }
        member("finished", order.isFinished)
        if let isAtRest { member("at_rest", isAtRest) }
        member("placed_at", order.placedAt)
        member("lane", order.lane)
        member("parent", ifAny: order.parent?.text)
        members("children", order.children) { $0.text($1.text) }
        members("calls", calls) { writer, call in
            writer.beginObject()
            writer.member("key", call.key)
            writer.member("state", call.state)
            writer.member("deadline", call.deadline)
            if let open = order.openCalls.first(where: { $0.key == call.key }) {
                writer.member("topic", open.topic.text)
                writer.member("ok", open.ok.text)
                writer.member("failed", open.failed.text)
                writer.key("data")
                writer.json(open.data)
            }
            writer.endObject()
        }
        members("timeouts", order.timeouts) { $0.timeout($1.name, due: $1.due) }
        members("holds", order.holdings) { writer, held in
            writer.beginObject()
            writer.stock(held.stock)
            writer.member("reserved", held.reserved)
            writer.member("sold", held.sold)
            writer.member("shipped", held.shipped)
            writer.endObject()
        }
        members("possible", order.possible) { writer, possible in
            writer.beginObject()
            writer.member("command", possible.command.text)
            writer.members("guards", possible.guards) { $0.text($1) }
            writer.endObject()
        }
        key("context")
        json(order.context)
        endObject()
    }

    mutating func event(_ event: EventDetail) {
        beginObject()
        member("event", event.position.number)
        member("version", event.version)
        member("type", event.type.text)
        member("at", event.at)
        member("caller", event.caller)
        member("key", ifAny: event.key)
        if let cause = event.cause { member("cause", cause.number) }
        member("trace", ifAny: event.trace)
        event.writeOutcome(to: &self)
        endObject()
    }

    mutating func stock(_ stock: StockKey) {
        member("sku", stock.sku.text)
        member("location", stock.location.text)
    }

    mutating func level(_ level: StockLevel) {
        member("received", level.received)
        member("adjusted", level.adjusted)
        member("free", level.free)
        member("reserved", level.reserved)
        member("sold", level.sold)
    }

    /// - Parameter order: who was asked.
    mutating func answer(_ answer: Answer, to order: OrderID) {
        beginObject()
        switch answer {
        case .accepted(let receipt):
            member("accepted", true)
            member("order", receipt.order.text)
            member("version", receipt.version)
            member("status", receipt.status)
            member("repeated", receipt.isRepeat)
        case .refused(let refusal):
            member("accepted", false)
            member("order", order.text)
            key("refusal")
            self.refusal(refusal)
        }
        endObject()
    }
}
