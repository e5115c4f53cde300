import Waybill
import WaybillAccess
import WaybillCore
import WorkflowFile

extension Call {
    /// The list of operations with the commands of some workflows.
    func document(of editions: [WorkflowEdition]) throws(Problem) -> Reply {
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
    var page: Reply {
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
