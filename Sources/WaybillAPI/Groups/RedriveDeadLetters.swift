import Waybill
import WaybillAccess
import WaybillBroker
import WaybillCore
import WaybillEngine

extension DeadLetters {
    private static let idsMax = 100
    private static let filterFields = [
        Field("topic", .text(bytesMax: 127), "Only those that were sent to this topic."),
        Field("why", .text(), "Only those whose reason has these words in it."),
        Field("died_from", .time, "Only those that died then or later."),
        Field("died_to", .time, "Only those that died then or earlier."),
    ]

    static let redrive = Operation(
        "redrive", .post, "/v1/groups/{group}/dead-letters/redrive",
        "Gives a group its dead letters again: first those that died again, then the oldest; or those of some ids; or "
            + "as an operation all that a filter finds.",
        grant: Need(.operator), key: .taken,
        body: .fields(
            [
                Field("limit", .integer(1...1_000), "How many at most; by default 1000."),
                Field("ids", .array(.text(bytesMax: 255), countMax: idsMax), "Instead: those of these ids."),
                Field("filter", .object(filterFields), "Instead: all that it finds, in many writes."),
                Field("dry_run", .boolean, "With a filter: whether only what it would do is told."), Operation.reason,
            ],
            bytesMax: Operation.BodyRule.smallMax),
        answers: [
            Operation.Answer(
                200, "How many; or what it would do.",
                .object([
                    Field("redriven", .integer()), Field("dry_run", .boolean),
                    Field("letters", .integer(), "How many a filter finds."),
                    Field("sample", .array(.text(), countMax: Operations.sampleMax)),
                ])), Operation.Answer(202, "It is written down and runs.", Operations.schema),
        ], problems: [.unknownGroup, .notForThisGroup, .badSetting, .badData, .limit, .busy, .keyReused],
        example: Example(
            after: given,
            Example.Step(
                .post, "/v1/groups/shipping/dead-letters/redrive", body: #"{"reason":"the consumer is mended"}"#), 200,
            #"{"redriven":1}"#),
        handler: redrive)

    private static func redrive(_ call: Call) async throws(Problem) -> Reply {
        let fields = try call.fields()
        let (reason, group) = (try call.neededReason(fields), GroupName(call.path("group")))
        guard ["limit", "ids", "filter"].count(where: { fields.json($0) != nil }) <= 1 else {
            throw .badData("filter", "limit, ids and filter do not go together")
        }
        if let filter = try fields.object("filter", as: filterFields) {
            let redrive = BulkRedrive(
                group, topic: try filter.text("topic", bytesMax: 127).map { TopicName($0) },
                why: try filter.text("why"), from: try filter.time("died_from"), to: try filter.time("died_to"))
            return try await start(redrive, isDryRun: try fields.bool("dry_run") ?? false, because: reason, call)
        }
        guard try fields.bool("dry_run") != true else { throw .badData("dry_run", "it goes with a filter only") }
        var verb = Redrive(group, limit: Int(try fields.int("limit") ?? 1_000))
        if let ids = try fields.texts("ids", countMax: idsMax, bytesMax: 255) {
            let found = try await call.messages { messages -> Result<[Int64], MessageRefusal> in
                Result { () throws(MessageRefusal) in
                    try messages.offsets(ofDeadLetters: ids.map { MessageID($0) }, of: group)
                }
            }
            switch found {
            case .success(let offsets): verb = Redrive(group, limit: 1_000, offsets: offsets)
            case .failure(let refusal): return try await call.answeredBefore(orElse: Problem(refusal), refusal)
            }
        }
        return try await call.act(verb, because: reason) { writer, count in
            writer.beginObject()
            writer.member("redriven", Int64(count))
            writer.endObject()
        }
    }

    private static func start(
        _ redrive: BulkRedrive, isDryRun: Bool, because reason: Text, _ call: Call
    ) async throws(Problem) -> Reply {
        guard !isDryRun else {
            let (count, sample) = try await call.book.read { book in
                try book.engine.preview(redrive, sampleMax: Operations.sampleMax)
            }
            return .json { writer in
                writer.beginObject()
                writer.member("dry_run", true)
                writer.member("letters", count)
                writer.members("sample", sample) { $0.text($1.text) }
                writer.endObject()
            }
        }
        guard try await call.book.read({ book in try book.messages.group(redrive.group) }) != nil else {
            throw Problem(.unknownGroup(redrive.group))
        }
        let total = try await call.book.read { book in try book.engine.total(of: redrive) }
        let runningMax = call.served.settings.operationsMax
        return try await Operations.start(call.origin(because: reason), call) { engine, origin in
            try await engine.start(redrive, total: total, by: origin, runningMax: runningMax) { job in
                Reply.form(EngineJob.redrive(job)) { $0.operation($1) }
            }
            .map { .redrive($0) }
        }
    }
}
