import Waybill
import WaybillAccess
import WaybillCore
import WorkflowFile

extension Workflows {
    static let checkWorkflow = Operation(
        "checkWorkflow", .post, "/v1/workflows/check", "Checks the text of a workflow; nothing is stored.",
        grant: Need(.operator),
        body: .text(
            type: textType,
            [
                text,
                Field(
                    "with", .array(.text(bytesMax: Operation.BodyRule.smallMax), countMax: withMax),
                    "Texts that would be opened with it."),
                Field("in_file", .boolean, "Whether it is compared with the parents in the file too."),
            ], bytesMax: Operation.BodyRule.messagesMax),
        answers: [Operation.Answer(200, "The findings; none: it is right.", .named("Findings"))],
        example: Example(
            Example.Step(.post, "/v1/workflows/check", body: #"{"text":"id: shop"}"#), 200,
            #"""
            {"ok":false,"findings":[{"severity":"error","line":1,"column":1,"path":"",
             "message":"the workflow has no `version:`","fix":"add `version: 1`"}]}
            """#),
        handler: { call throws(Problem) in
            let (text, fields) = try call.text(bytesMax: Operation.BodyRule.smallMax)
            try call.book.dryRuns.begin()
            defer { call.book.dryRuns.end() }
            let (workflow, findings) = try await call.book.read { _ in WorkflowFile.check(bytes: text) }
            var unfit: [WorkflowFinding]?
            if try fields?.bool("in_file") ?? false {
                let texts =
                    try fields?.texts("with", countMax: withMax, bytesMax: Operation.BodyRule.smallMax) ?? []
                unfit = try await Self.unfit(workflow, with: texts, call)
            }
            return .json { [unfit] writer in
                writer.beginObject()
                writer.member("ok", workflow != nil && unfit ?? [] == [])
                writer.members("findings", findings) { $0.finding($1) }
                if let unfit { writer.members("in_file", unfit) { $0.finding($1) } }
                writer.endObject()
            }
        })

    private static let withMax = 32

    /// What of a workflow does not fit the parents in the file, when it is opened with other texts.
    private static func unfit(
        _ workflow: Workflow?, with texts: [Text], _ call: Call
    ) async throws(Problem) -> [WorkflowFinding] {
        guard let workflow else { return [] }
        return try await call.book.read { book in
            let others = texts.compactMap { WorkflowFile.check(bytes: Array($0.string.utf8)).workflow }
            return try book.familyFindings(of: workflow, among: others)
        }
    }
}
