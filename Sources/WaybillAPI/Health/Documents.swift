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

    static let workflowOpenAPI = Operation(
        "workflowOpenAPI", .get, "/v1/openapi.json",
        "The same with the commands of the workflows that take new orders, as schemas such as `standard-order.pay`.",
        grant: Need(.viewer, .orders), answers: [Operation.Answer(200, "The document.", .anyObject)],
        example: Example(
            .get("/v1/openapi.json"), 200, #"{"openapi":"3.1.0","info":{"title":"Waybill","#, isBeginning: true),
        handler: { call throws(Problem) in
            try call.document(of: try await call.book.read { try $0.workflowEditions().filter(\.isCurrent) })
        })

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

extension Call {
    /// The list of operations with the commands of some workflows.
    fileprivate func document(of editions: [WorkflowEdition]) throws(Problem) -> Reply {
        let body = try served.documents.document(of: editions.map(\.hash)) { () throws(Problem) in
            var workflows: [Workflow] = []
            do throws(WorkflowFileError) {
                for edition in editions { workflows.append(try WorkflowFile.load(stored: edition.text)) }
            } catch {
                throw Problem(thrown: error)
            }
            return OpenAPIDocument.json(
                of: served.operations, version: served.settings.version, workflows: workflows)
        }
        return Reply(200, body: body, contentType: "application/json")
    }
}

extension ProblemCode {
    /// The same for people; none of it comes from outside.
    fileprivate var page: Reply {
        let remedy = remedy.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
        let text = """
            <!doctype html>
            <html lang="en"><meta charset="utf-8"><title>\(rawValue)</title>
            <h1>\(title)</h1>
            <p>\(remedy)</p>
            <p><code>\(rawValue)</code>, status \(status)</p>
            </html>
            """
        return Reply(
            200, headers: [("content-security-policy", "default-src 'none'")], body: Array(text.utf8),
            contentType: "text/html; charset=utf-8")
    }
}
