import Waybill
import WaybillAccess
import WaybillCore
import WaybillEngine
import WorkflowFile

extension Workflows {
    private static let kept = Schema.object([
        Field("id", .text(), isRequired: true), Field("version", .integer(), isRequired: true),
        Field("hash", .text(), "Of the text, or of the one in the file that says the same.", isRequired: true),
        Field("takes_orders", .boolean, "Whether new orders are placed under it.", isRequired: true),
        Field("before", .text(), "The hash of the text that took them before."),
        Field("dry_run", .boolean, "Whether nothing was written.", isRequired: true),
        Field("findings", .array(.anyObject, countMax: 1_000), "Warnings.", isRequired: true),
    ])

    static let putWorkflow = Operation(
        "putWorkflow", .put, "/v1/workflows/{workflow}",
        "Keeps a text: new orders take it when its `version:` is higher than that of the text they take now, "
            + "or when it is activated. `If-Match` is the hash of that text, or `*`: there is one. "
            + "`If-None-Match: *` says there is none.",
        grant: Need(.admin),
        query: [
            Parameter("activate", .boolean, "Whether it takes new orders whatever its version."),
            Parameter("dry_run", .boolean, "Whether only what would become of it is told."), Operation.reasonParameter,
        ],
        headers: [.ifMatch, .ifNoneMatch],
        body: .text(type: textType, [text, Operation.reason], bytesMax: 2 * Operation.BodyRule.smallMax),
        answers: [
            Operation.Answer(200, "The file has one that says the same; or it is a dry run.", kept),
            Operation.Answer(201, "Kept.", kept),
        ], problems: [.workflowFindings, .versionConflict, .badData],
        example: Example(
            ExampleShop.rental, 201,
            """
            {"id":"rental","version":1,"hash":"\(ExampleShop.rentalHash)","takes_orders":true,"dry_run":false,
             "findings":[]}
            """),
        handler: put)

    private static func put(_ call: Call) async throws(Problem) -> Reply {
        let (bytes, fields) = try call.text(bytesMax: Operation.BodyRule.smallMax)
        let reason = if let fields { try call.neededReason(fields) } else { try call.neededReason() }
        let (origin, expected) = (call.origin(because: reason), try expectation(call.headers))
        let (activates, isDryRun) = (try call.query.bool("activate"), try call.query.bool("dry_run"))
        let name = WorkflowName(call.path("workflow"))
        let (checked, findings) = try await call.book.read { _ in WorkflowFile.check(bytes: bytes) }
        guard let workflow = checked else {
            throw Problem(thrown: WorkflowFileError(name: "\(name)", findings: findings))
        }
        guard workflow.name == name else {
            throw .badData("id", "the text is of the workflow \(workflow.name), the path of \(name)")
        }
        let text = WorkflowText(String(decoding: bytes, as: UTF8.self), source: "\(name)")
        let kept = try await call.book.ask { book in
            guard isDryRun else {
                return try await book.keep(text, workflow, activates: activates, expecting: expected, by: origin)
            }
            return try await book.preview(workflow, of: text, activates: activates)
        }
        guard let kept, expected.fits(kept.before) else { throw try await conflict(call) }
        let headers = kept.takesOrders && !isDryRun ? [EntityTag.header(kept.hash)] : []
        return .json(kept.isNew && !isDryRun ? 201 : 200, headers: headers) { writer in
            writer.beginObject()
            writer.member("id", name.text)
            writer.member("version", kept.version)
            writer.member("hash", kept.hash.text)
            writer.member("takes_orders", kept.takesOrders)
            if kept.takesOrders, kept.before != kept.hash { writer.member("before", ifAny: kept.before?.text) }
            writer.member("dry_run", isDryRun)
            writer.members("findings", findings) { $0.finding($1) }
            writer.endObject()
        }
    }

    private static func expectation(_ headers: CallHeaders) throws(Problem) -> ExpectedWorkflow {
        if try EntityTag.wantsNone(headers) { return .none }
        guard let tag = try headers.single(.ifMatch) else { return .any }
        guard tag != "*" else { return .one }
        return .hash(WorkflowHash(Text(tag.filter { $0 != "\"" })))
    }

    private static func conflict(_ call: Call) async throws(Problem) -> Problem {
        let name = WorkflowName(call.path("workflow"))
        let current = try await call.book.read { book in
            try book.workflowEditions().first { $0.name == name && $0.isCurrent }
        }
        let words = current.map { "the text \($0.hash.text) (version \($0.version)) takes new orders" }
        return Problem(.versionConflict, words ?? "no text of \(name) takes new orders")
            .with(["workflow": .text(name.text.string), "hash": .text(current?.hash.text.string ?? "")])
    }
}
