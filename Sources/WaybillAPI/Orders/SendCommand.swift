import Waybill
import WaybillAccess
import WaybillCore

extension Orders {
    static let sendCommand = Operation(
        "sendCommand", .post, "/v1/orders/{order}/commands/{command}",
        "Sends a command to an order; the body is the command's data.",
        grant: Need(.orders),
        query: [
            Parameter(
                "workflow", .text(bytesMax: 256), "The workflow to place the order under, of a command that places it.")
        ], headers: [.role, .lane, .ifMatch, .prefer], key: .taken, body: .json(bytesMax: Operation.BodyRule.smallMax),
        answers: [Operation.Answer(200, "Accepted.", .receipt)],
        problems: [
            .unknownOrder, .unknownCommand, .unknownWorkflow, .orderExists, .notPossible, .insufficientStock,
            .beyondHolding, .invariantBroken,
            .arithmetic, .noOpenCall, .callEnded, .callNotAnswered, .versionConflict, .badData, .keyReused, .wrongRole,
            .roleMissing,
        ],
        example: Example(
            after: [ExampleShop.stock, ExampleShop.place], ExampleShop.pay, 200,
            #"""
            {"order":"order-7","version":2,"status":"awaiting shipment","event":"e3","repeated":false,"timeouts":[]}
            """#),
        handler: send)

    private static func send(_ call: Call) async throws(Problem) -> Reply {
        // What is no JSON is refused before its order is looked for. A number may not be sent as a text instead.
        if !call.body.isEmpty { try StrictJSON.check(call.body, at: "", remedy: "", leavesFractions: true) }
        let command = OrderCommand(
            EventName(call.path("command")), of: OrderID(call.path("order")),
            json: call.body.isEmpty ? Array("{}".utf8) : call.body,
            workflow: call.query.text("workflow").map { WorkflowName($0) }, role: try call.role(), key: call.key,
            caller: call.principal.name, expectedVersion: try EntityTag.expectedVersion(call.headers),
            lane: try call.lane(), trace: call.trace)
        do throws(Problem) {
            return try await .accepted(try await call.book.submit(command, until: call.end), 200, call)
        } catch {
            throw try await error.missed(by: command.expectedVersion, of: command.order, call)
        }
    }
}

extension Problem {
    /// A conflict with what the caller has not seen: the events since its version, at most 20. What is no conflict
    /// stays as it is.
    func missed(by version: Int64?, of order: OrderID, _ call: Call) async throws(Problem) -> Problem {
        guard code == .versionConflict, let version else { return self }
        let events = try await call.book.read { book in try book.details(of: order, after: version, limit: 20) }
        guard let events, !events.isEmpty else { return self }
        var writer = JSONWriter()
        writer.beginArray()
        for event in events { writer.event(event) }
        writer.endArray()
        var problem = self
        problem.members.append(("missed", writer.bytes))
        return problem
    }
}
