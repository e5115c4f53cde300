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

    static let listWorkflows = Operation(
        "listWorkflows", .get, "/v1/workflows", "Lists the texts of workflows in the file, by name, the oldest first.",
        grant: Need(.viewer, .orders), query: PageRequest.parameters,
        answers: [Operation.Answer(200, "A page.", .page(edition))], problems: [.badCursor],
        example: Example(
            after: [], .get("/v1/workflows"), 200,
            #"""
            {"items":[{"id":"after-sale","version":2,
             "hash":"96d5e038d455647a46863cb26d3203f2c638ef7bdbd9d0b7aa77ea60686aff67","takes_orders":true,
             "first_used_at":"2026-11-29T12:00:00Z"},{"id":"flash-sale","version":3,
             "hash":"2f5370671f23a43ebecf852791b7409287d46dc58656f951a464abda67a639a9","takes_orders":true,
             "first_used_at":"2026-11-29T12:00:00Z"},{"id":"group-buy","version":2,
             "hash":"98ad4e13f5d42391f1eb89040780d5e9335af508c6ec98a5f74263c8b4eb6316","takes_orders":true,
             "first_used_at":"2026-11-29T12:00:00Z"},{"id":"group-member","version":3,
             "hash":"7a0f5d52f55c6247f4f23f1e62d88b6fe384478676febd41c67532ce8b9bcf29","takes_orders":true,
             "first_used_at":"2026-11-29T12:00:00Z"},{"id":"member-registration","version":2,
             "hash":"4bbc0171dae2d8a160e9c676f1810a5223a4008c12e3f62656bdc6623d366a19","takes_orders":true,
             "first_used_at":"2026-11-29T12:00:00Z"},{"id":"olist-order","version":2,
             "hash":"eb1feeb0091ff17812d03a6c2c2b3f8c1d67b036f0cceafde57dc0f42f529ffa","takes_orders":true,
             "first_used_at":"2026-11-29T12:00:00Z"},{"id":"parcel","version":2,
             "hash":"48d8746f9e278afc5be36ebad018858a6c889a912ce1683e488717ef5f8319bd","takes_orders":true,
             "first_used_at":"2026-11-29T12:00:00Z"},{"id":"pre-sale","version":3,
             "hash":"83686d5922f4653ce6283f197ff96137d17d9d8139e3bf162f1f98e17a555059","takes_orders":true,
             "first_used_at":"2026-11-29T12:00:00Z"},{"id":"standard-order","version":4,
             "hash":"818ca662314c76733d6dda5b0d84e4933975f63539c4ea7d7b65313a19635a66","takes_orders":true,
             "first_used_at":"2026-11-29T12:00:00Z"}],"next":null,"as_of":"e0"}
            """#),
        handler: { call throws(Problem) in
            let page = try PageRequest(call, of: "workflows")
            let editions = try await call.book.read { book in try book.workflowEditions() }
            guard let after = page.after?.first else {
                return page.reply(ofRest: editions, at: { [$0.hash.text] }) { $0.edition($1) }
            }
            // A text never leaves a file, so the one that the cursor names is there.
            let rest = editions.drop { $0.hash.text != after }.dropFirst()
            return page.reply(ofRest: rest, at: { [$0.hash.text] }) { $0.edition($1) }
        })

    static let showWorkflow = Operation(
        "showWorkflow", .get, "/v1/workflows/{workflow}",
        "Shows which text takes the new orders of a workflow; `Accept: application/yaml` gives the text.",
        grant: Need(.viewer, .orders), answers: [Operation.Answer(200, "The text.", edition)],
        problems: [.unknownWorkflow],
        example: Example(
            .get("/v1/workflows/flash-sale"), 200,
            #"""
            {"id":"flash-sale","version":3,
             "hash":"2f5370671f23a43ebecf852791b7409287d46dc58656f951a464abda67a639a9","takes_orders":true,
             "first_used_at":"2026-11-29T12:00:00Z"}
            """#),
        handler: { call throws(Problem) in
            try await show(call) { $0.isCurrent }
        })

    static let showEdition = Operation(
        "showWorkflowVersion", .get, "/v1/workflows/{workflow}/versions/{hash}",
        "Shows one text of a workflow; `Accept: application/yaml` gives it.",
        grant: Need(.viewer, .orders), answers: [Operation.Answer(200, "The text.", edition)],
        problems: [.unknownWorkflow],
        example: Example(
            .get("/v1/workflows/flash-sale/versions/2f5370671f23a43ebecf852791b7409287d46dc58656f951a464abda67a639a9"),
            200,
            #"""
            {"id":"flash-sale","version":3,
             "hash":"2f5370671f23a43ebecf852791b7409287d46dc58656f951a464abda67a639a9","takes_orders":true,
             "first_used_at":"2026-11-29T12:00:00Z"}
            """#),
        handler: { call throws(Problem) in
            let hash = WorkflowHash(call.path("hash"))
            return try await show(call) { $0.hash == hash }
        })

    private static func show(_ call: Call, _ isWanted: (WorkflowEdition) -> Bool) async throws(Problem) -> Reply {
        let found = try await editions(call).first(where: isWanted)
        guard let found else { throw unknown(call.path("workflow")) }
        if call.headers.accepts("application/yaml") {
            return Reply(200, body: Array(found.text.utf8), contentType: "application/yaml")
        }
        return .json { $0.edition(found) }
    }

    /// The text that takes orders, or the one of a hash.
    static func edition(
        _ call: Call, hash: WorkflowHash? = nil
    ) async throws(Problem) -> (edition: WorkflowEdition, workflow: Workflow) {
        let found = try await editions(call).first { edition in hash.map { edition.hash == $0 } ?? edition.isCurrent }
        guard let found else { throw unknown(call.path("workflow")) }
        do throws(WorkflowFileError) {
            return (found, try WorkflowFile.load(stored: found.text))
        } catch {
            throw Problem(thrown: error)
        }
    }

    private static func editions(_ call: Call) async throws(Problem) -> [WorkflowEdition] {
        let name = WorkflowName(call.path("workflow"))
        return try await call.book.read { book in try book.workflowEditions().filter { $0.name == name } }
    }

    private static func unknown(_ name: Text) -> Problem {
        Problem(.unknownWorkflow, "there is no such text of a workflow \(name) in this file")
            .with(["workflow": .text(name.string)])
    }

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
            let (workflow, findings) = WorkflowFile.check(bytes: text)
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
        let others = texts.compactMap { WorkflowFile.check(bytes: Array($0.string.utf8)).workflow }
        return try await call.book.read { book in try book.familyFindings(of: workflow, among: others) }
    }

    static let activateWorkflow = Operation(
        "activateWorkflow", .post, "/v1/workflows/{workflow}/activate",
        "Lets a text of the file take the new orders of its workflow from now on.", grant: Need(.admin), key: .taken,
        body: .fields(
            [Field("hash", .text(bytesMax: 64), "Of the text.", isRequired: true), Operation.reason],
            bytesMax: Operation.BodyRule.smallMax),
        answers: [Operation.Answer(200, "It takes them.", edition)], problems: [.unknownWorkflow, .workflowFindings],
        example: Example(
            Example.Step(
                .post, "/v1/workflows/flash-sale/activate",
                body: """
                    {"hash":"2f5370671f23a43ebecf852791b7409287d46dc58656f951a464abda67a639a9",
                     "reason":"back to the old one"}
                    """), 200,
            #"""
            {"id":"flash-sale","version":3,
             "hash":"2f5370671f23a43ebecf852791b7409287d46dc58656f951a464abda67a639a9","takes_orders":true,
             "first_used_at":"2026-11-29T12:00:00Z"}
            """#),
        handler: activate)

    private static func activate(_ call: Call) async throws(Problem) -> Reply {
        let fields = try call.fields()
        let hash = WorkflowHash(try fields.needed("hash", bytesMax: 64))
        let origin = call.origin(because: try call.neededReason(fields))
        guard let found = try await editions(call).first(where: { $0.hash == hash }) else {
            throw unknown(call.path("workflow"))
        }
        let given = try await call.book.ask { book in try book.activate(found, by: origin) { "{}" } }
        var reply = try await show(call) { $0.hash == hash }
        if case .before = given { reply.headers.append(Reply.replayed) }
        return reply
    }
}

extension JSONWriter {
    fileprivate mutating func edition(_ edition: WorkflowEdition) {
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
