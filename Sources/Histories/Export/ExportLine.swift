import WaybillCore
import WaybillStore

/// The lines of an export, in the forms of `HistoryLine`, each with its line end.
enum ExportLine {
    /// The first line.
    static var mark: [UInt8] {
        line { writer in
            writer.key("export")
            writer.int(Export.form)
        }
    }

    static func at(_ moment: Moment) -> [UInt8] { line { $0.at(moment) } }

    /// - Parameter text: under which the command placed the order.
    static func command(
        _ event: EventRow, _ asked: AskedSketch, of order: OrderID, under text: WorkflowRow? = nil
    ) -> [UInt8] {
        line { writer in
            writer.at(event.at)
            writer.field("order", order.text)
            writer.field("workflow", text?.name.text)
            writer.field("hash", text?.hash.text)
            writer.field("command", event.type.text)
            writer.field("key", event.key)
            if !asked.data.isEmpty {
                writer.key("data")
                writer.json(asked.data)
            }
            writer.field("role", asked.role)
            writer.field("caller", event.caller)
            writer.field("lane", event.lane)
            writer.field("trace", event.trace)
        }
    }

    static func timeout(_ event: EventRow, _ asked: AskedSketch, of order: OrderID) -> [UInt8] {
        line { writer in
            writer.at(event.at)
            writer.field("order", order.text)
            writer.field("timeout", asked.timeout?.text)
            writer.key("due")
            if let due = asked.due { writer.text(Text(due.iso8601)) } else { writer.null() }
            writer.field("key", event.key)
            writer.field("caller", event.caller)
        }
    }

    static func firing(_ event: EventRow, _ asked: AskedSketch, of order: OrderID) -> [UInt8] {
        line { writer in
            writer.at(event.at)
            writer.field("order", order.text)
            writer.field("fired", asked.timeout?.text)
            if let call = asked.call {
                writer.key("expired")
                writer.int(call)
            }
        }
    }

    static func stock(_ event: EventRow, _ asked: AskedSketch) -> [UInt8] {
        line { writer in
            writer.at(event.at)
            guard let movement = asked.movement else { return }
            // A count whose event does not say what was counted (by an earlier release) is the adjustment that it came
            // to.
            let kind: Text = asked.counted != nil ? "count" : movement.kind == .receive ? "receive" : "adjust"
            writer.field("stock", kind)
            writer.field("sku", movement.key.sku.text)
            writer.field("location", movement.key.location.text)
            writer.key("quantity")
            writer.int(asked.counted ?? movement.quantity)
            if let expected = asked.expected {
                writer.key("expected")
                writer.int(expected)
            }
            writer.field("key", event.key)
            writer.field("caller", event.caller)
            writer.field("note", asked.note)
        }
    }

    /// A text takes the new orders of its workflow from here on.
    static func workflow(_ row: WorkflowRow, withText: Bool, at moment: Moment, caller: Text = "") -> [UInt8] {
        line { writer in
            writer.at(moment)
            writer.field("workflow", row.name.text)
            writer.field("hash", row.hash.text)
            if withText { writer.field("text", row.text) }
            writer.field("caller", caller)
        }
    }

    /// What an order has come to.
    static func end(_ order: OrderID, digest: String, at moment: Moment) -> [UInt8] {
        line { writer in
            writer.at(moment)
            writer.field("order", order.text)
            writer.field("end", Text(digest))
        }
    }

    private static func line(_ body: (inout JSONWriter) -> Void) -> [UInt8] {
        var writer = JSONWriter(capacity: 256)
        writer.beginObject()
        body(&writer)
        writer.endObject()
        return writer.bytes + [UInt8(ascii: "\n")]
    }
}

extension JSONWriter {
    fileprivate mutating func at(_ moment: Moment) {
        key("at")
        text(Text(moment.iso8601))
    }

    /// Nothing for what is not there or empty.
    fileprivate mutating func field(_ name: StaticString, _ value: Text?) {
        guard let value, !value.isEmpty else { return }
        key(name)
        text(value)
    }
}
