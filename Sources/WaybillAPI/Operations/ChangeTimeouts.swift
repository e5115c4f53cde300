import Waybill
import WaybillAccess
import WaybillCore
import WaybillEngine

extension Operations {
    static let sampleMax = 20

    static let changeStep = Example.Step(
        .post, "/v1/operations/timeouts", [(.idempotencyKey, "black-friday-1")],
        body: """
            {"filter":{"status":"awaiting payment","attributes":{"shop":"7"}},"name":"pay_due",
             "action":{"extend":"15m"},"reason":"payments are down"}
            """)

    private static let filterFields = [
        Field("status", .text(), "Only orders with this status."),
        Field("workflow", .text(), "Only orders of this workflow."),
        Field("attributes", .map(.text()), "Only orders with these values."),
    ]
    private static let actionFields = [
        Field("extend", .duration, "So much later; with a minus: earlier."), Field("move", .time, "At this time."),
        Field("cancel", .boolean, "Never."),
    ]

    static let changeTimeouts = Operation(
        "changeTimeouts", .post, "/v1/operations/timeouts",
        "Changes a timeout of every order that a filter finds, in many writes; orders placed later are not part of it.",
        grant: Need(.operator), key: .taken,
        body: .fields(
            [
                Field("filter", .object(filterFields), "Which orders.", isRequired: true),
                Field("name", .text(), "Which timeout.", isRequired: true),
                Field("action", .object(actionFields), "What becomes of it: one of the three.", isRequired: true),
                Field("dry_run", .boolean, "Whether only what it would do is told."), Operation.reason,
            ], bytesMax: Operation.BodyRule.smallMax),
        answers: [
            Operation.Answer(202, "It is written down and runs.", schema),
            Operation.Answer(
                200, "What it would do.",
                .object([
                    Field("dry_run", .boolean, isRequired: true), Field("orders", .integer(), isRequired: true),
                    Field("sample", .array(.text(), countMax: sampleMax), isRequired: true),
                ])),
        ],
        problems: [.badData, .notIndexed, .busy, .keyReused],
        example: Example(
            after: [ExampleShop.stock, ExampleShop.place], changeStep, 202,
            shown.replacing("\"state\":\"done\"", with: "\"state\":\"running\"").replacing(
                "\"done\":1,\"changed\":1", with: "\"done\":0,\"changed\":0")),
        handler: change)

    private static func change(_ call: Call) async throws(Problem) -> Reply {
        let fields = try call.fields()
        let change = BulkTimeoutChange(
            try action(fields), TimeoutName(try fields.needed("name")), where: try await filter(fields, call))
        let origin = call.origin(because: try call.neededReason(fields))
        if try fields.bool("dry_run") ?? false {
            let (count, sample) = try await call.book.read { book in
                try book.engine.preview(change, sampleMax: sampleMax)
            }
            return .json { writer in
                writer.beginObject()
                writer.member("dry_run", true)
                writer.member("orders", count)
                writer.members("sample", sample) { $0.text($1.text) }
                writer.endObject()
            }
        }
        let total = try await call.book.read { book in try book.engine.total(of: change) }
        let runningMax = call.served.settings.operationsMax
        return try await start(origin, call) { engine, origin in
            try await engine.start(change, total: total, by: origin, runningMax: runningMax) { job in
                Reply.form(EngineJob.timeouts(job)) { $0.operation($1) }
            }.map { .timeouts($0) }
        }
    }

    /// Writes an operation down and begins to work it off, unless as many run as may.
    static func start(
        _ origin: Origin, _ call: Call,
        _ write: @escaping @Sendable (Engine, Origin) async throws -> GivenAnswer<EngineJob>
    ) async throws(Problem) -> Reply {
        let given: GivenAnswer<EngineJob> = try await call.book.ask { book in
            do {
                return try await write(book.engine, origin)
            } catch let refusal as Refusal {
                throw problem(refusal)
            }
        }
        if case .now(let job) = given { try await JobRun.start(job, in: call.book) }
        var reply = Reply.given(given, 202) { $0.operation($1) }
        if let id = id(in: reply.body) { reply.headers.append(("location", "/v1/operations/\(id.asPathSegment)")) }
        return reply
    }

    /// Why an operation is not begun; as many may run as do, until one of them has ended.
    static func problem(_ refusal: Refusal) -> Problem {
        guard case .limit = refusal else { return Problem(refusal) }
        var problem = Problem(.busy, refusal.message).with(refusal.values)
        problem.retryAfter = .seconds(10)
        return problem
    }

    /// The id of the operation that an answer tells of, given now or before.
    private static func id(in answer: [UInt8]) -> Text? {
        var id: Text?
        do throws(JSONProblem) {
            try JSONReader.read(answer) { reader throws(JSONProblem) in
                try reader.object { name, reader throws(JSONProblem) in
                    if name == "operation" { id = try reader.text() } else { try reader.skipValue() }
                }
            }
        } catch {
            return nil
        }
        return id
    }

    private static func action(_ fields: BodyFields) throws(Problem) -> TimeoutCommand.Action {
        let object = try fields.object("action", as: actionFields)
        let actions: [TimeoutCommand.Action?] = [
            try object?.duration("extend").map { .extend(by: $0) }, try object?.time("move").map { .move(to: $0) },
            try object?.bool("cancel") == true ? .cancel : nil,
        ]
        let found = actions.compactMap { $0 }
        guard found.count == 1, let action = found.first else {
            throw .badData("action", "one of extend, move and cancel is wanted")
        }
        return action
    }

    private static func filter(_ fields: BodyFields, _ call: Call) async throws(Problem) -> OrderFilter {
        guard let object = try fields.object("filter", as: filterFields) else {
            throw .badData("filter", "the field is missing")
        }
        let filter = OrderFilter(
            status: try object.text("status"), workflow: try object.text("workflow").map { WorkflowName($0) },
            attributes: try object.textsByName("attributes", countMax: 8).map {
                OrderFilter.Attribute($0.name, $0.value)
            })
        guard filter.status != nil || filter.workflow != nil || !filter.attributes.isEmpty else {
            throw .badData("filter", "it finds every order; say status, workflow or attributes")
        }
        try await filter.checkAttributes(call)
        return filter
    }
}

extension OrderFilter {
    /// Refuses attributes that no workflow of the file has.
    func checkAttributes(_ call: Call) async throws(Problem) {
        guard !attributes.isEmpty else { return }
        let known = try await call.book.read { book in try book.engine.attributeNames() }
        guard let unknown = attributes.first(where: { !known.contains($0.name) }) else { return }
        let names = known.sorted().map(\.string).joined(separator: ", ")
        throw Problem(
            .notIndexed,
            "no workflow of this file has an attribute '\(unknown.name)'; "
                + (known.isEmpty ? "none has any" : "there are: \(names)")
        ).with(["attribute": .text(unknown.name.string), "known": .texts(known.sorted().map(\.string))])
    }
}
