import Waybill
import WaybillAccess
import WaybillCore
import WaybillEngine

/// Operations on timeouts and the clock.
enum Timeouts {
    static let operations: [Operation] = [
        listTimeouts, extendTimeout, moveTimeout, cancelTimeout, confirmClock, holdTimeouts, releaseTimeouts,
        showHold,
    ]

    static let grant = Need(.operator, .orders)
    static let answers = [
        Operation.Answer(
            200, "Done.",
            .object(
                Schema.receiptFields + [
                    Field("result", .word(["moved", "cancelled"]), isRequired: true),
                    Field("due", .time, "When it fires now."),
                ]))
    ]
    static let problems: [ProblemCode] = [
        .unknownOrder, .unknownTimeout, .timeoutFired, .versionConflict, .keyReused, .badData,
    ]
    static let placed = [ExampleShop.stock, ExampleShop.place]

    /// - Parameter result: with the new time.
    static func changed(_ result: String) -> String {
        #"{"order":"order-7","version":2,"status":"awaiting payment","event":"e3","repeated":false,\#(result)}"#
    }

    static func change(_ call: Call, _ action: TimeoutCommand.Action) async throws(Problem) -> Reply {
        var command = TimeoutCommand(
            action, TimeoutName(call.path("timeout")), of: OrderID(call.path("order")), caller: call.principal.name,
            key: call.key)
        // Who may send commands to orders may change their timeouts too; an operator does it for them.
        command.isByHand = call.principal.roles.isEmpty
        command.reason = try call.reason(byHand: command.isByHand)
        command.expectedVersion = try EntityTag.expectedVersion(call.headers)
        command.trace = call.trace
        (command.from, command.requestID) = (call.from, call.requestID)
        let receipt: Receipt
        do throws(Problem) {
            receipt = try await call.book.change(command, until: call.end)
        } catch {
            throw try await error.missed(by: command.expectedVersion, of: command.order, call)
        }
        guard !call.wantsRepresentation else { return try await .accepted(receipt, 200, call) }
        // As the event of this change left it: others may have changed it since.
        let order = try await call.book.read { book in try book.order(receipt.order, asOf: .event(receipt.position)) }
        let due = order?.timeouts.first { $0.name == command.name }?.due
        let result: Text = if case .cancel = action { "cancelled" } else { "moved" }
        var reply = Reply.json { writer in
            writer.beginObject()
            writer.receiptMembers(receipt)
            writer.member("result", result)
            if let due { writer.member("due", due) }
            writer.endObject()
        }
        reply.headers.append(EntityTag.header(receipt.version))
        if receipt.isRepeat { reply.headers.append(Reply.replayed) }
        return reply
    }

    static func released(_ writer: inout JSONWriter, _ wereHeld: Bool) {
        writer.beginObject()
        writer.member("released", wereHeld)
        writer.endObject()
    }
}
