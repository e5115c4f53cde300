package import WaybillCore

extension OrderView {
    /// The calls that were open then: how others ended is known of now only.
    package var openOnes: [CallView] {
        openCalls.map { CallView(key: $0.key, state: $0.state, deadline: $0.deadline) }
    }
}

/// An order and what belongs to it, as JSON.
extension JSONWriter {
    package mutating func timeout(_ name: TimeoutName, due: Moment) {
        beginObject()
        member("name", name.text)
        member("due", due)
        endObject()
    }

    package mutating func refusal(_ refusal: RefusalView) {
        beginObject()
        member("at", refusal.at)
        member("command", refusal.command.text)
        member("caller", refusal.caller)
        member("key", ifAny: refusal.key)
        member("code", refusal.code)
        member("message", refusal.message)
        if !refusal.values.isEmpty {
            key("values")
            refusal.values.write(to: &self)
        }
        endObject()
    }

    /// - Parameter isAtRest: nil: it is not known, as of an order of the past.
    package mutating func order(_ order: OrderView, calls: [CallView] = [], isAtRest: Bool? = nil) {
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
}
