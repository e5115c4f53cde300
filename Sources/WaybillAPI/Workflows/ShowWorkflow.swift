import Waybill
import WaybillAccess
import WaybillCore
import WorkflowFile

extension Workflows {
    static let showWorkflow = Operation(
        "showWorkflow", .get, "/v1/workflows/{workflow}",
        "Shows which text takes the new orders of a workflow; `Accept: application/yaml` gives the text.",
        grant: Need(.viewer, .orders), answers: [Operation.Answer(200, "The text.", edition)],
        problems: [.unknownWorkflow],
        example: Example(
            .get("/v1/workflows/flash-sale"), 200,
            #"""
            {"id":"flash-sale","version":3,
             "hash":"2f5370671f23a43ebecf852791b7409287d46dc58656f951a464abda67a639a9","takes_orders":true,
             "first_used_at":"2026-11-29T12:00:00Z"}
            """#),
        handler: { call throws(Problem) in
            try await show(call) { $0.isCurrent }
        })
}
