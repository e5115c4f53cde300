import Waybill
import WaybillAccess
import WaybillBroker
import WaybillCore

extension HalfMessages {
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
}
