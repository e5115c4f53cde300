import Waybill
import WaybillAccess
import WaybillBroker
import WaybillCore

/// Operations on half messages.
enum HalfMessages {
    static let operations: [Operation] = [prepare, commit, rollback, listHalfMessages, resume, checks]

    static let topic = Parameter("topic", .text(bytesMax: 127), "The topic; the transaction is good for it only.")
    private static let decided = Schema.object([
        Field("id", .text(), isRequired: true), Field("resolution", .text(), isRequired: true),
        Field("decided_at", .time),
    ])

    static let prepare = Operation(
        "prepareHalfMessage", .post, "/v1/half-messages",
        "Takes in a half message: durable, and invisible until it is decided.",
        grant: Need(.producer(topic: nil)), key: .taken,
        body: .fields(
            [
                Field("topic", .text(bytesMax: 127), "The topic.", isRequired: true),
                Field(
                    "producer", .text(bytesMax: 255),
                    "Who is asked when no decision comes; the token needs `check:` for it."),
                Field(
                    "check_order", .text(bytesMax: 256),
                    "Instead: the journal is asked whether this order has taken a command of the same caller with the "
                        + "message's id as its Idempotency-Key."),
                Field("check_url", .text(bytesMax: 2_048), "Not taken by this release."),
                Field("message", .object(MessageFields.fields), "What it says.", isRequired: true),
                Field("first_check_ms", .integer(0...3_600_000), "When its producer is asked first."),
            ], bytesMax: Operation.BodyRule.messagesMax),
        answers: [Operation.Answer(201, "Durable.", .named("PreparedMessage"))],
        problems: [.unknownTopic, .wrongType, .badProducer, .badFirstCheck, .badData],
        example: Example(
            after: [ExampleShop.topic], ExampleShop.half, 201,
            #"""
            {"transaction":"540106ca9f2d2c43b7a02c3ffd97676283e7c4","id":"booking-11",
             "commit_url":"/v1/half-messages/540106ca9f2d2c43b7a02c3ffd97676283e7c4/commit?topic=ledger",
             "rollback_url":"/v1/half-messages/540106ca9f2d2c43b7a02c3ffd97676283e7c4/rollback?topic=ledger"}
            """#), handler: prepareOne)

    private static func prepareOne(_ call: Call) async throws(Problem) -> Reply {
        let fields = try call.fields()
        let topic = try fields.needed("topic", bytesMax: 127)
        try call.requireProducer(of: topic)
        guard fields.json("check_url") == nil else {
            throw .badData(
                "check_url",
                "this release asks no URL; name a producer, which takes its questions by POST "
                    + "/v1/producers/{producer}/checks, or check_order, and the journal answers")
        }
        let (named, order) = (
            try fields.text("producer", bytesMax: 255), try fields.text("check_order", bytesMax: 256)
        )
        guard let producer = order == nil ? named : call.principal.name, order == nil || named == nil else {
            throw .badData("producer", "either producer or check_order says who is asked when no decision comes")
        }
        // The questions go to who answers for it, so who prepares must be able to.
        guard order != nil || call.principal.mayCheck(producer) else {
            throw Problem(
                .forbidden, "this token may not prepare for the producer \(producer); check:\(producer) allows it"
            )
            .with(["producer": .text(producer.string)])
        }
        guard let object = try fields.object("message", as: MessageFields.fields) else {
            throw .badData("message", "the field is missing")
        }
        var message = try MessageFields.read(object, to: TopicName(topic), number: 0, call)
        if let order, !message.keys.contains(order) { message.keys.append(order) }
        let first = try fields.int("first_check_ms", in: 0...3_600_000).map { Interval(milliseconds: $0) }
        let query = "?topic=\(topic.asPathSegment)"
        let verb = Prepare(message, producer: producer, firstCheck: first, isAnsweredByJournal: order != nil)
        return try await call.act(verb, status: 201) { writer, prepared in
            let path = "/v1/half-messages/\(prepared.transaction.asPathSegment)"
            writer.beginObject()
            writer.member("transaction", prepared.transaction)
            writer.member("id", prepared.id.text)
            writer.member("commit_url", Text("\(path)/commit\(query)"))
            writer.member("rollback_url", Text("\(path)/rollback\(query)"))
            writer.endObject()
        }
    }

    static let commit = Operation(
        "commitHalfMessage", .post, "/v1/half-messages/{transaction}/commit", "Makes a half message visible.",
        grant: Need(.producer(topic: nil), .operator), query: [topic], key: .taken,
        body: .fields([Operation.reasonByHand], bytesMax: Operation.BodyRule.smallMax),
        answers: [Operation.Answer(200, "Decided, now or before.", decided)],
        problems: [.decidedAlready, .decidedByAnswer, .unknownMessage, .badData],
        example: decision("commit"), handler: { call throws(Problem) in try await decide(call, .commit) })

    static let rollback = Operation(
        "rollbackHalfMessage", .post, "/v1/half-messages/{transaction}/rollback", "Drops a half message.",
        grant: Need(.producer(topic: nil), .operator), query: [topic], key: .taken,
        body: .fields([Operation.reasonByHand], bytesMax: Operation.BodyRule.smallMax),
        answers: [Operation.Answer(200, "Decided, now or before.", decided)],
        problems: [.decidedAlready, .decidedByAnswer, .unknownMessage, .badData],
        example: decision("rollback"), handler: { call throws(Problem) in try await decide(call, .rollback) })

    private static func decision(_ verb: String) -> Example {
        Example(
            after: [ExampleShop.topic, ExampleShop.half],
            Example.Step(.post, "/v1/half-messages/540106ca9f2d2c43b7a02c3ffd97676283e7c4/\(verb)?topic=ledger"), 200,
            "{\"id\":\"booking-11\",\"resolution\":\"\(verb)\",\"decided_at\":\"2026-11-29T12:00:00Z\"}")
    }

    /// The topic of the query, for which this caller may decide.
    private static func neededTopic(_ call: Call) throws(Problem) -> TopicName {
        guard let topic = call.query.text("topic") else {
            throw Problem(.badParameter, "?topic= names the topic of the half message")
        }
        if !call.principal.may(Need(.operator), resource: { _ in nil }) { try call.requireProducer(of: topic) }
        return TopicName(topic)
    }

    private static func decide(_ call: Call, _ resolution: Resolution) async throws(Problem) -> Reply {
        let (topic, transaction) = (try neededTopic(call), call.path("transaction"))
        let isByHand = !call.principal.isProducer(of: topic.text)
        let reason = try call.reason(byHand: isByHand)
        let verb = Resolve(transaction, of: topic, resolution)
        return try await call.act(verb, because: reason, isByHand: isByHand) { $0.decided($1) }
    }

    static let listHalfMessages = Operation(
        "listHalfMessages", .get, "/v1/half-messages",
        "Lists undecided half messages, without their contents.", grant: Need(.viewer),
        query: [
            Parameter("state", .word(State.allCases.map(\.rawValue)), "Only those that are still asked about, or not."),
            Parameter("producer", .text(bytesMax: 255), "Only those of this producer."),
            Parameter("topic", .text(bytesMax: 127), "Only those of this topic."),
            Parameter("older_than", .duration, "Only those that were prepared at least this long ago."),
        ] + PageRequest.parameters,
        answers: [
            Operation.Answer(
                200, "A page; one with a filter may be short, even empty, while `next` is there.",
                .page(.named("HalfMessage")))
        ],
        problems: [.badCursor],
        example: Example(
            after: [ExampleShop.topic, ExampleShop.half], .get("/v1/half-messages?producer=bank"), 200,
            #"""
            {"items":[{"id":"booking-11","topic":"ledger","producer":"bank","prepared_at":"2026-11-29T12:00:00Z",
             "checks":0,"parked":false,"next_check_at":"2026-11-29T12:00:06Z",
             "transaction":"540106ca9f2d2c43b7a02c3ffd97676283e7c4"}],"next":null,"as_of":"e1"}
            """#),
        handler: list)

    private enum State: String, CaseIterable { case half, parked }

    private static func list(_ call: Call) async throws(Problem) -> Reply {
        let state = try call.query.word("state", State.self)
        let (producer, topic) = (call.query.text("producer"), call.query.text("topic").map { TopicName($0) })
        let age = try call.query.duration("older_than")
        let page = try PageRequest(
            call,
            of: Text(
                "half messages \(state?.rawValue ?? "") \(producer ?? "") \(topic?.text ?? "") "
                    + "\(age?.milliseconds ?? 0)"))
        let youngest = age.map { call.book.now.advanced(by: $0 * -1) }
        let found = try await call.messages { messages in
            try messages.halfMessages(after: page.number.map { PageToken(number: $0) }, limit: page.limit)
        }
        let items = found.elements.filter { half in
            (state.map { ($0 == .parked) == half.isParked } ?? true) && (producer.map { half.producer == $0 } ?? true)
                && (topic.map { half.topic == $0 } ?? true) && (youngest.map { half.preparedAt <= $0 } ?? true)
        }
        return page.reply(items, next: found.next?.number) { $0.halfMessage($1) }
    }

    static let resume = Operation(
        "resumeHalfMessage", .post, "/v1/half-messages/{transaction}/resume",
        "Asks anew about a message that was parked after its last question.", grant: Need(.operator), query: [topic],
        key: .taken, body: .fields([Operation.reason], bytesMax: Operation.BodyRule.smallMax),
        answers: [Operation.Answer(200, "It is asked about.", decided)], problems: [.unknownMessage, .decidedAlready],
        example: Example(
            after: [ExampleShop.topic, ExampleShop.half],
            Example.Step(
                .post, "/v1/half-messages/540106ca9f2d2c43b7a02c3ffd97676283e7c4/resume?topic=ledger",
                body: #"{"reason":"the bank is back"}"#), 409,
            """
            {"type":"/problems/decided_already","title":"The half message was decided before","status":409,
             "detail":"the message was decided before: it is not parked, but half",
             "instance":"/v1/half-messages/540106ca9f2d2c43b7a02c3ffd97676283e7c4/resume","code":"decided_already",
             "values":{"decision":"it is not parked, but half"},"stored":false,"request_id":"r-1"}
            """),
        handler: { call throws(Problem) in
            let reason = try call.neededReason(try call.fields())
            let (topic, transaction) = (try neededTopic(call), call.path("transaction"))
            return try await call.act(Resume(transaction, of: topic), because: reason) { $0.decided($1) }
        })
}
