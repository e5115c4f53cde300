import Waybill
import WaybillAccess
import WaybillCore
import WorkflowFile

/// Operations on workflows.
enum Workflows {
    static let operations: [Operation] = [
        listWorkflows, showWorkflow, showEdition, showSchema, showDrawing, checkWorkflow, putWorkflow,
        activateWorkflow, runWorkflow,
    ]

    static let textType = "application/yaml"
    static let text = Field("text", .text(bytesMax: Operation.BodyRule.smallMax), "YAML or JSON.", isRequired: true)

    static let edition = Schema.object([
        Field("id", .text(), "The workflow's name.", isRequired: true),
        Field("version", .integer(), isRequired: true), Field("hash", .text(), isRequired: true),
        Field("takes_orders", .boolean, "Whether new orders are placed under it.", isRequired: true),
        Field("first_used_at", .time, isRequired: true),
    ])

    static func show(_ call: Call, _ isWanted: (WorkflowEdition) -> Bool) async throws(Problem) -> Reply {
        let found = try await editions(call).first(where: isWanted)
        guard let found else { throw try await unknown(call) }
        let headers = [EntityTag.header(found.hash)]
        if call.headers.accepts("application/yaml") {
            return Reply(200, headers: headers, body: Array(found.text.utf8), contentType: "application/yaml")
        }
        return .json(headers: headers) { $0.edition(found) }
    }

    /// The text that takes orders, or the one of a hash.
    static func edition(
        _ call: Call, hash: WorkflowHash? = nil
    ) async throws(Problem) -> (edition: WorkflowEdition, workflow: Workflow) {
        let found = try await editions(call).first { edition in hash.map { edition.hash == $0 } ?? edition.isCurrent }
        guard let found else { throw try await unknown(call) }
        do throws(WorkflowFileError) {
            return (found, try WorkflowFile.load(stored: found.text))
        } catch {
            throw Problem(thrown: error)
        }
    }

    static func editions(_ call: Call) async throws(Problem) -> [WorkflowEdition] {
        let name = WorkflowName(call.path("workflow"))
        return try await call.book.read { book in try book.workflowEditions().filter { $0.name == name } }
    }

    /// That the file has no such text, and which workflow was probably meant.
    static func unknown(_ call: Call) async throws(Problem) -> Problem {
        let name = call.path("workflow")
        let names = try await call.book.read { book in try book.workflowEditions().map(\.name.text) }
        let meant = names.contains(name) ? nil : nearestName(to: name, among: Set(names).sorted())
        return Problem(
            .unknownWorkflow,
            "there is no such text of a workflow \(name) in this file\(meant.map { "; did you mean \($0)?" } ?? "")"
        ).with(RefusalValues().with("workflow", .text(name.string)).with("meant", meant.map { .text($0.string) }))
    }
}

extension JSONWriter {
    mutating func edition(_ edition: WorkflowEdition) {
        beginObject()
        member("id", edition.name.text)
        member("version", edition.version)
        member("hash", edition.hash.text)
        member("takes_orders", edition.isCurrent)
        member("first_used_at", edition.firstUsedAt)
        endObject()
    }

    mutating func finding(_ finding: WorkflowFinding) {
        beginObject()
        member("severity", Text(finding.severity.rawValue))
        member("line", Int64(finding.line))
        member("column", Int64(finding.column))
        member("path", Text(finding.path))
        member("message", Text(finding.message))
        member("fix", ifAny: finding.hint.map { Text($0) })
        endObject()
    }
}
