import WaybillCore

/// The readable event as JSON: what the command line prints, and what a server answers.
extension EventDetail {
    /// One JSON object. Positions are opaque texts, times are texts in UTC; what has nothing to say is left out.
    public var json: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        write(to: &writer)
        writer.endObject()
        return writer.bytes
    }

    private func write(to writer: inout JSONWriter) {
        writer.field("event", Text(position.text))
        writer.key("version")
        writer.int(version)
        writer.field("type", type.text)
        writer.field("at", Text(at.iso8601))
        if !caller.isEmpty { writer.field("caller", caller) }
        writer.field("key", key)
        writer.field("cause", cause.map { Text($0.text) })
        writer.field("trace", trace)
        writeOutcome(to: &writer)
    }

    /// What was asked and what came of it, as fields of an object.
    package func writeOutcome(to writer: inout JSONWriter) {
        writer.field("by", role)
        writer.field("timeout", timeout?.text)
        writer.field("expired", expired?.key)
        if let asked {
            writer.key("asked")
            writer.json(asked)
        }
        writer.objects("facts", facts) { $0.fact($1) }
        writer.field("status", status)
        writer.texts("left", left)
        writer.texts("entered", entered)
        writer.objects("set", set) { writer, change in
            writer.field("path", change.path)
            writer.key("value")
            writer.json(change.value)
        }
        writer.objects("armed", armed) { writer, timeout in
            writer.field("timeout", timeout.name.text)
            writer.field("due", Text(timeout.due.iso8601))
            writer.field("lane", timeout.lane)
        }
        writer.texts("cancelled", cancelled.map(\.text))
        writer.objects("stock", stock) { writer, movement in
            writer.field("verb", movement.verb)
            writer.field("sku", movement.stock.sku.text)
            writer.field("location", movement.stock.location.text)
            writer.key("quantity")
            writer.int(movement.quantity)
        }
        writer.objects("calls", calls) { writer, one in
            writer.field("key", one.call.key)
            writer.field("topic", one.topic.text)
            writer.field("deadline", Text(one.deadline.iso8601))
            writer.key("data")
            writer.json(one.data)
        }
        writer.objects("answered", answered) { writer, one in
            writer.field("key", one.call.key)
            writer.field("result", one.result)
        }
        writer.texts("unanswered", unanswered.map(\.key))
        writer.objects("tells", tells) { $0.tell($1) }
        writer.objects("messages", messages) { writer, message in
            writer.field("id", message.id.text)
            writer.field("topic", message.topic.text)
            writer.field("tag", message.tag)
            if message.isHalf {
                writer.key("half")
                writer.bool(true)
            }
        }
    }
}

extension JSONWriter {
    /// A field, unless there is nothing in it.
    fileprivate mutating func field(_ name: StaticString, _ text: Text?) {
        guard let text else { return }
        key(name)
        self.text(text)
    }

    fileprivate mutating func texts(_ name: StaticString, _ texts: [Text]) {
        guard !texts.isEmpty else { return }
        key(name)
        beginArray()
        for each in texts { text(each) }
        endArray()
    }

    fileprivate mutating func objects<Element>(
        _ name: StaticString, _ elements: [Element], _ fields: (inout JSONWriter, Element) -> Void
    ) {
        guard !elements.isEmpty else { return }
        key(name)
        beginArray()
        for each in elements {
            beginObject()
            fields(&self, each)
            endObject()
        }
        endArray()
    }

    fileprivate mutating func fact(_ fact: EventDetail.Fact) {
        switch fact {
        case .available(let quotasOpened):
            field("stock", "available")
            if quotasOpened > 0 {
                key("quotas_opened")
                int(Int64(quotasOpened))
            }
        case .short(let line, let free):
            field("stock", "short")
            key("line")
            int(Int64(line))
            key("free")
            int(free)
        }
    }

    fileprivate mutating func tell(_ tell: EventDetail.Tell) {
        switch tell {
        case .parent(let command):
            field("to", "parent")
            field("command", command.text)
        case .child(let order, let command):
            field("to", order.text)
            field("command", command.text)
        case .spawned(let order, let workflow):
            field("spawns", order.text)
            field("workflow", workflow.text)
        }
    }
}
