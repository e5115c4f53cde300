import Crypto
import Waybill
import WaybillAccess
import WaybillCore

extension Orders {
    static let placeOrder = Operation(
        "placeOrder", .post, "/v1/orders", "Places an order under a workflow.",
        grant: Need(.orders), headers: [.role, .lane, .ifNoneMatch, .prefer], key: .required,
        body: .fields(
            [
                Field("id", .text(bytesMax: 256), "The shop's own id; made from the key when it is left out."),
                Field("workflow", .text(bytesMax: 256), "The workflow to place it under.", isRequired: true),
                Field("command", .text(bytesMax: 256), "The command that places it; by default `place`."),
                Field("data", .anyObject, "The command's data, by the workflow."),
            ], bytesMax: Operation.BodyRule.smallMax),
        answers: [Operation.Answer(201, "Placed.", .receipt)],
        problems: [
            .orderExists, .insufficientStock, .invariantBroken, .notPossible, .badData, .keyReused, .unknownWorkflow,
            .unknownCommand, .wrongRole, .roleMissing,
        ],
        example: Example(
            after: [ExampleShop.stock], ExampleShop.place, 201,
            #"""
            {"order":"order-7","version":1,"status":"awaiting payment","event":"e2","repeated":false,
             "timeouts":[{"name":"pay_due","due":"2026-11-29T12:30:00Z"}]}
            """#),
        handler: place)

    private static func place(_ call: Call) async throws(Problem) -> Reply {
        let fields = try call.fields()
        let workflow = try fields.needed("workflow", bytesMax: 256)
        let name = try fields.filled("command", bytesMax: 256) ?? "place"
        let id = try fields.filled("id", bytesMax: 256) ?? madeID(call)
        let data = fields.json("data") ?? Array("{}".utf8)
        try StrictJSON.checkNumbers(data, at: "data")
        var command = OrderCommand(
            EventName(name), of: OrderID(id), json: data,
            workflow: WorkflowName(workflow), role: try call.role(), key: call.key, caller: call.principal.name,
            lane: try call.lane(), trace: call.trace)
        if try EntityTag.wantsNone(call.headers) { command.expectedVersion = 0 }
        let receipt = try await call.book.submit(command, until: call.end)
        var reply = try await Reply.accepted(receipt, 201, call)
        reply.headers.append(("location", "/v1/orders/\(id.asPathSegment)"))
        return reply
    }

    /// An id that follows from who asks and under which key, so that a repeat names the same order.
    private static func madeID(_ call: Call) -> Text {
        let named = "\(call.principal.name)\n\(call.key ?? call.requestID)"
        let digits = SHA256.hash(data: Array(named.utf8)).prefix(10).map { byte in
            String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }
        return Text("o-" + digits.joined())
    }
}
