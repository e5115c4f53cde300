import WaybillAccess
import WaybillCore

extension Health {
    static let openAPI = Operation(
        "openAPI", .get, "/openapi.json", "This list, as an OpenAPI 3.1 document.", grant: Need(.nothing),
        answers: [Operation.Answer(200, "The document.", .anyObject)],
        example: Example(
            .get("/openapi.json"), 200, #"{"openapi":"3.1.0","info":{"title":"Waybill","#, isBeginning: true),
        handler: { call throws(Problem) in
            Reply(
                200, body: OpenAPIDocument.json(of: call.served.operations, version: call.served.settings.version),
                contentType: "application/json")
        })

    static let problem = Operation(
        "showProblem", .get, "/problems/{code}", "What a code of a problem means.", grant: Need(.nothing),
        answers: [
            Operation.Answer(
                200, "The meaning.",
                .object([
                    Field("code", .text(), isRequired: true), Field("title", .text(), isRequired: true),
                    Field("status", .integer(400...599), isRequired: true),
                ]))
        ],
        problems: [.notFound],
        example: Example(
            .get("/problems/key_missing"), 200,
            #"{"code":"key_missing","title":"Idempotency-Key is missing","status":400}"#),
        handler: { call throws(Problem) in
            let text = call.path("code")
            guard let code = ProblemCode(rawValue: text.string) else {
                throw Problem(.notFound, "there is no code \(text)")
            }
            return .json { writer in
                writer.beginObject()
                writer.member("code", Text(code.rawValue))
                writer.member("title", Text(code.title))
                writer.member("status", Int64(code.status))
                writer.endObject()
            }
        })
}
