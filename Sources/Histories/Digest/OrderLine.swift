import Crypto
import WaybillCore
import WaybillEngine
import WaybillStore

/// What an order is, in one line of JSON: equal for equal orders, whatever file they lie in and at which positions.
///
/// `{"id":ID,"workflow":HASH,"in":[leaf states],"context":[values],"keys":[[command,key,fingerprint]],
///   "due":[[timeout,ms]],"held":[[sku,location,reserved,sold,shipped]],"calls":[[name,key,deadline,state]],
///   "lapsed":[[name,key,deadline,state]]}`, without blanks, times in milliseconds.
struct OrderLine {
    private var writer = JSONWriter(capacity: 4_096)

    /// The line of an order, with its line end.
    mutating func bytes(of order: Order, under workflow: Workflow) -> [UInt8] {
        writer.removeAll()
        writer.beginObject()
        writer.key("id")
        writer.text(order.id.text)
        writer.key("workflow")
        writer.text(order.workflow.text)
        writer.rows("in", workflow.leaves(of: order.configuration)) { $0.text(workflow.states[$1].path) }
        writer.rows("context", order.context) { $0.bare($1) }
        writer.rows("keys", order.keys) { writer, key in
            writer.row {
                $0.text(key.command.text)
                $0.text(key.key)
                $0.int(key.fingerprint)
            }
        }
        writer.rows("due", order.timeouts) { writer, timeout in
            writer.row {
                $0.text(timeout.name.text)
                $0.int(timeout.due.milliseconds)
            }
        }
        writer.rows("held", order.holdings) { writer, holding in
            writer.row {
                $0.text(holding.key.sku.text)
                $0.text(holding.key.location.text)
                $0.int(holding.reserved)
                $0.int(holding.sold)
                $0.int(holding.shipped)
            }
        }
        writer.rows("calls", order.calls) { $0.call($1, $1.isUnanswered ? "unanswered" : "open", of: order) }
        writer.rows("lapsed", order.lapsed) { $0.call($1.call, Text($1.result.rawValue), of: order) }
        writer.endObject()
        return writer.bytes + [UInt8(ascii: "\n")]
    }
}

extension JSONWriter {
    /// A list under a key; an empty one is written too.
    fileprivate mutating func rows<Element>(
        _ name: StaticString, _ elements: [Element], _ write: (inout JSONWriter, Element) -> Void
    ) {
        key(name)
        beginArray()
        for element in elements { write(&self, element) }
        endArray()
    }

    fileprivate mutating func row(_ write: (inout JSONWriter) -> Void) {
        beginArray()
        write(&self)
        endArray()
    }

    fileprivate mutating func call(_ call: OpenCall, _ state: Text, of order: Order) {
        row {
            $0.text(call.name ?? Text("\(call.number)"))
            $0.text(order.effectKey(of: call.number))
            $0.int(call.deadline.milliseconds)
            $0.text(state)
        }
    }
}

/// The digests of what orders have come to.
struct OrderEnds {
    private var charts: Charts
    private var line = OrderLine()

    init(_ engine: Engine) { charts = Charts(engine) }

    /// The SHA-256 of an order's line, in lower-case hexadecimal digits.
    mutating func digest(_ row: OrderRow) throws -> String {
        let workflow = try charts.chart(row.workflow).workflow
        return SHA256.hash(data: line.bytes(of: try Order(row, under: workflow), under: workflow)).hexadecimal
    }
}
