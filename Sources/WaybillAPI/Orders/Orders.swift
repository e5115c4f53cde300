import Waybill
import WaybillCore

/// Operations on orders.
enum Orders {
    static let operations: [Operation] = [
        placeOrder, listOrders, showOrder, sendCommand, orderHistory, followOrder, orderMessages, whyOrder, listCalls,
    ]
}

extension JSONWriter {
    /// Proof of an accepted command.
    mutating func receipt(_ receipt: Receipt) {
        beginObject()
        receiptMembers(receipt)
        members("timeouts", receipt.timeouts) { $0.timeout($1.name, due: $1.due) }
        endObject()
    }

    /// What every answer to a change of an order says; the object is the caller's.
    mutating func receiptMembers(_ receipt: Receipt) {
        member("order", receipt.order.text)
        member("version", receipt.version)
        member("status", receipt.status)
        member("event", Text(receipt.position.text))
        member("repeated", receipt.isRepeat)
    }
}

extension Problem {
    /// There is no order of this id, or there was none at that time.
    static func noOrder(_ id: OrderID, asOf moment: AsOf) -> Problem {
        let time: String
        switch moment {
        case .now: return Problem(.unknownOrder(id))
        case .time(let moment): time = moment.iso8601
        case .event(let position): time = position.text
        }
        return Problem(.unknownOrder, "there was no order \(id) at \(time)").with(["order": .text(id.text.string)])
    }
}

extension Reply {
    /// The answer to an accepted command: its receipt, or the order when that is wanted.
    static func accepted(_ receipt: Receipt, _ status: Int, _ call: Call) async throws(Problem) -> Reply {
        let shown =
            call.wantsRepresentation
            ? try await call.book.read { book in
                try book.order(receipt.order).map { (order: $0, isAtRest: try book.isAtRest($0.id)) }
            } : nil
        var reply = Reply.json(status) { writer in
            if let shown { writer.order(shown.order, isAtRest: shown.isAtRest) } else { writer.receipt(receipt) }
        }
        reply.headers.append(EntityTag.header(shown?.order.version ?? receipt.version))
        if receipt.isRepeat { reply.headers.append(Reply.replayed) }
        return reply
    }
}

extension Schema {
    static let receipt = Schema.object(
        receiptFields + [
            Field(
                "timeouts", .array(NamedSchemas.timeout, countMax: 10_000),
                "Those that are pending after the command; of a repeat, those that are pending now.", isRequired: true)
        ])

    static let receiptFields = [
        Field("order", .text(), "The order's id.", isRequired: true),
        Field("version", .integer(), "Its version after the command.", isRequired: true),
        Field("status", .text(), "Its status after the command; of a repeat, its status now.", isRequired: true),
        Field("event", .text(), "The event that it became.", isRequired: true),
        Field("repeated", .boolean, "Whether the command was accepted before, under the same key.", isRequired: true),
    ]
}
