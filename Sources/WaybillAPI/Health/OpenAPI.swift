import Waybill
import WaybillAccess
import WaybillCore
import WorkflowFile

extension Health {
    static let openAPI = Operation(
        "openAPI", .get, "/openapi.json", "This list, as an OpenAPI 3.1 document.", grant: Need(.nothing),
        answers: [Operation.Answer(200, "The document.", .anyObject)],
        example: Example(
            .get("/openapi.json"), 200, #"{"openapi":"3.1.0","info":{"title":"Waybill","#, isBeginning: true),
        handler: { call throws(Problem) in
            try call.document(of: [])
        })
}
