import Waybill
import WaybillAccess
import WaybillCore
import WorkflowFile

extension Health {
    static let problem = Operation(
        "showProblem", .get, "/problems/{code}",
        "What a code of a problem means, and what helps; as a page with `Accept: text/html`.", grant: Need(.nothing),
        answers: [
            Operation.Answer(
                200, "The meaning.",
                .object([
                    Field("code", .text(), isRequired: true), Field("title", .text(), isRequired: true),
                    Field("status", .integer(400...599), isRequired: true),
                    Field("remedy", .text(), "What helps.", isRequired: true),
                ]))
        ],
        problems: [.notFound],
        example: Example(
            .get("/problems/key_missing"), 200,
            #"""
            {"code":"key_missing","title":"Idempotency-Key is missing","status":400,
             "remedy":"Send Idempotency-Key with a name for this request that no other one has."}
            """#),
        handler: { call throws(Problem) in
            let text = call.path("code")
            guard let code = ProblemCode(rawValue: text.string) else {
                throw Problem(.notFound, "there is no code \(text)")
            }
            if call.headers.accepts("text/html") { return code.page }
            return .json { writer in
                writer.beginObject()
                writer.member("code", Text(code.rawValue))
                writer.member("title", Text(code.title))
                writer.member("status", Int64(code.status))
                writer.member("remedy", Text(code.remedy))
                writer.endObject()
            }
        })
}
