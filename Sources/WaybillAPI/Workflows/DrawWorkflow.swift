import Waybill
import WaybillAccess
import WaybillCore
import WorkflowFile

extension Workflows {
    /// What a drawing tool reads.
    private enum Format: String, CaseIterable { case mermaid, dot }

    static let showDrawing = Operation(
        "drawWorkflow", .get, "/v1/workflows/{workflow}/versions/{hash}/drawing",
        "Draws one text of a workflow as a state diagram, for Mermaid or for Graphviz.",
        grant: Need(.viewer, .orders),
        query: [
            Parameter("format", .word(Format.allCases.map(\.rawValue)), "How it is written; by default mermaid.")
        ],
        answers: [Operation.Answer(200, "The drawing.", nil)], problems: [.unknownWorkflow],
        example: Example(
            after: [ExampleShop.rental],
            .get("/v1/workflows/rental/versions/\(ExampleShop.rentalHash)/drawing"), 200, "stateDiagram-v2",
            isBeginning: true),
        handler: { call throws(Problem) in
            let format = try call.query.word("format", Format.self) ?? .mermaid
            let workflow = try await edition(call, hash: WorkflowHash(call.path("hash"))).workflow
            switch format {
            case .mermaid:
                return Reply(200, body: Array(drawMermaid(workflow).utf8), contentType: "text/vnd.mermaid")
            case .dot: return Reply(200, body: Array(drawDOT(workflow).utf8), contentType: "text/vnd.graphviz")
            }
        })
}
