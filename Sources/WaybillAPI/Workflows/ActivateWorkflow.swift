import Waybill
import WaybillAccess
import WaybillCore
import WorkflowFile

extension Workflows {
    static let activateWorkflow = Operation(
        "activateWorkflow", .post, "/v1/workflows/{workflow}/activate",
        "Lets a text of the file take the new orders of its workflow from now on.", grant: Need(.admin), key: .taken,
        body: .fields(
            [Field("hash", .text(bytesMax: 64), "Of the text.", isRequired: true), Operation.reason],
            bytesMax: Operation.BodyRule.smallMax),
        answers: [Operation.Answer(200, "It takes them.", edition)], problems: [.unknownWorkflow, .workflowFindings],
        example: Example(
            Example.Step(
                .post, "/v1/workflows/flash-sale/activate",
                body: """
                    {"hash":"2f5370671f23a43ebecf852791b7409287d46dc58656f951a464abda67a639a9",
                     "reason":"back to the old one"}
                    """), 200,
            #"""
            {"id":"flash-sale","version":3,
             "hash":"2f5370671f23a43ebecf852791b7409287d46dc58656f951a464abda67a639a9","takes_orders":true,
             "first_used_at":"2026-11-29T12:00:00Z"}
            """#),
        handler: activate)

    private static func activate(_ call: Call) async throws(Problem) -> Reply {
        let fields = try call.fields()
        let hash = WorkflowHash(try fields.needed("hash", bytesMax: 64))
        let origin = call.origin(because: try call.neededReason(fields))
        guard let found = try await editions(call).first(where: { $0.hash == hash }) else {
            throw try await unknown(call)
        }
        let given = try await call.book.ask { book in try book.activate(found, by: origin) { "{}" } }
        var reply = try await show(call) { $0.hash == hash }
        if case .before = given { reply.headers.append(Reply.replayed) }
        return reply
    }
}
