import Waybill
import WaybillAccess
import WaybillCore
import WorkflowFile

extension Health {
    static let workflowOpenAPI = Operation(
        "workflowOpenAPI", .get, "/v1/openapi.json",
        "The same with the commands of the workflows that take new orders, as schemas such as `standard-order.pay`.",
        grant: Need(.viewer, .orders), answers: [Operation.Answer(200, "The document.", .anyObject)],
        example: Example(
            .get("/v1/openapi.json"), 200, #"{"openapi":"3.1.0","info":{"title":"Waybill","#, isBeginning: true),
        handler: { call throws(Problem) in
            try call.document(of: try await call.book.read { try $0.workflowEditions().filter(\.isCurrent) })
        })
}
