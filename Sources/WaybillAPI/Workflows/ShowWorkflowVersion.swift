import Waybill
import WaybillAccess
import WaybillCore
import WorkflowFile

extension Workflows {
    static let showEdition = Operation(
        "showWorkflowVersion", .get, "/v1/workflows/{workflow}/versions/{hash}",
        "Shows one text of a workflow; `Accept: application/yaml` gives it.",
        grant: Need(.viewer, .orders), answers: [Operation.Answer(200, "The text.", edition)],
        problems: [.unknownWorkflow],
        example: Example(
            .get("/v1/workflows/flash-sale/versions/2f5370671f23a43ebecf852791b7409287d46dc58656f951a464abda67a639a9"),
            200,
            #"""
            {"id":"flash-sale","version":3,
             "hash":"2f5370671f23a43ebecf852791b7409287d46dc58656f951a464abda67a639a9","takes_orders":true,
             "first_used_at":"2026-11-29T12:00:00Z"}
            """#),
        handler: { call throws(Problem) in
            let hash = WorkflowHash(call.path("hash"))
            return try await show(call) { $0.hash == hash }
        })
}
