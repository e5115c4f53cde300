import Waybill
import WaybillAccess
import WaybillBroker
import WaybillCore

/// Answers to deliveries, many at once; each receipt gets its own answer.
extension Consuming {
    private static let countMax = 100
    private static let receipts = Field(
        "receipts", .array(.text(bytesMax: 512), countMax: countMax), "Those of the deliveries.", isRequired: true)
    private static let answered = [
        Operation.Answer(
            200, "One for each receipt, in their order: `done`, or a problem.",
            .items(
                .object([
                    Field("receipt", .text(), isRequired: true), Field("result", .text(), "`done`."),
                    Field("problem", .object([Field("code", .text()), Field("detail", .text())]), "Why not."),
                ])))
    ]

    static let acknowledge = Operation(
        "acknowledge", .post, "/v1/groups/{group}/acknowledge", "Says that messages are done.",
        grant: Need(.consumer(group: "group")),
        body: .fields([receipts], bytesMax: Operation.BodyRule.smallMax), answers: answered,
        example: example("acknowledge"),
        handler: { call throws(Problem) in
            let (group, receipts) = (GroupName(call.path("group")), try texts(try call.fields()))
            guard !receipts.isEmpty else { return reply([]) }
            let verb = AcknowledgeMany(receipts.map { DeliveryReceipt($0) }, by: group)
            return reply(Array(zip(receipts, try await call.book.submit(verb, until: call.end))))
        })

    static let fail = Operation(
        "fail", .post, "/v1/groups/{group}/fail",
        "Says that messages could not be handled: they come again, or are dead after their attempts.",
        grant: Need(.consumer(group: "group")),
        body: .fields(
            [
                receipts, Field("retry_after_ms", .integer(0...86_400_000), "When; the group's ladder unless said."),
                why,
            ],
            bytesMax: Operation.BodyRule.smallMax), answers: answered,
        example: example("fail", #","why":"the printer is out of paper""#),
        handler: { call throws(Problem) in
            let fields = try call.fields()
            let delay = try fields.int("retry_after_ms").map { Interval(milliseconds: $0) }
            let why = try fields.text("why")?.string ?? "the consumer failed"
            return try await answer(call, fields) { receipt in
                Fail(receipt, delay: delay, why: why)
            }
        })

    static let extend = Operation(
        "extend", .post, "/v1/groups/{group}/extend", "Keeps messages from others for longer.",
        grant: Need(.consumer(group: "group")),
        body: .fields(
            [
                receipts,
                Field("invisible_ms", .integer(1...43_200_000), "How long, from now.", isRequired: true),
            ], bytesMax: Operation.BodyRule.smallMax), answers: answered,
        example: example("extend", #","invisible_ms":60000"#),
        handler: { call throws(Problem) in
            let fields = try call.fields()
            guard let milliseconds = try fields.int("invisible_ms") else {
                throw .badData("invisible_ms", "the field is missing")
            }
            return try await answer(call, fields) { receipt in
                Extend(receipt, by: Interval(milliseconds: milliseconds))
            }
        })

    static let deadLetter = Operation(
        "deadLetter", .post, "/v1/groups/{group}/dead-letter", "Gives messages up: they go to the dead letters.",
        grant: Need(.consumer(group: "group")),
        body: .fields([receipts, why], bytesMax: Operation.BodyRule.smallMax), answers: answered,
        example: example("dead-letter", #","why":"the address does not exist""#),
        handler: { call throws(Problem) in
            let fields = try call.fields()
            let why = try fields.text("why")?.string ?? "the consumer gave up"
            return try await answer(call, fields) { receipt in
                GiveUp(receipt, why: why)
            }
        })

    static let leave = Operation(
        "leave", .post, "/v1/groups/{group}/leave",
        "Says that a client goes: what it has not acknowledged is given to others soon.",
        grant: Need(.consumer(group: "group")),
        body: .fields(
            [Field("client", .text(bytesMax: 255), "The consumer's own name.", isRequired: true)],
            bytesMax: Operation.BodyRule.smallMax),
        answers: [Operation.Answer(204, "It has gone.", nil)], problems: [.unknownGroup],
        example: Example(
            after: [ExampleShop.group],
            Example.Step(.post, "/v1/groups/shipping/leave", body: #"{"client":"shipper-3"}"#), 204),
        handler: { call throws(Problem) in
            let (group, client) = (GroupName(call.path("group")), try call.fields().needed("client", bytesMax: 255))
            try await call.book.submit(Leave(group, client: client), until: call.end)
            return .nothing
        })

    private static let why = Field("why", .text(), "Shown with a dead letter.")

    /// One delivery that is open, and a receipt that was never given out.
    private static func example(_ verb: String, _ more: String = "") -> Example {
        let receipt = "0101010601000101a5f9d8b9cd8dfbcce00122d914052b5f640d04e83cc763e3bfb9"
        return Example(
            after: [ExampleShop.topic, ExampleShop.group, ExampleShop.message, ExampleShop.receiveBooking],
            Example.Step(
                .post, "/v1/groups/shipping/\(verb)", body: "{\"receipts\":[\"\(receipt)\",\"00\"]\(more)}"), 200,
            """
            {"items":[{"receipt":"\(receipt)","result":"done"},
             {"receipt":"00","problem":{"code":"stale_receipt",
              "detail":"the receipt is not valid any more: this file's engine did not make it"}}],"next":null}
            """)
    }

    private static func texts(_ fields: BodyFields) throws(Problem) -> [Text] {
        try fields.texts("receipts", countMax: countMax, bytesMax: 512) ?? []
    }

    private static func answer<Verb: BrokerVerb>(
        _ call: Call, _ fields: BodyFields, _ verb: (DeliveryReceipt) -> Verb
    ) async throws(Problem) -> Reply {
        let (group, texts) = (GroupName(call.path("group")), try texts(fields))
        let receipts = texts.map { DeliveryReceipt($0) }
        let refusals = await call.book.refusals(of: receipts.map(verb), by: receipts, in: group, until: call.end)
        return reply(Array(zip(texts, refusals)))
    }

    private static func reply(_ answers: [(receipt: Text, refusal: MessageRefusal?)]) -> Reply {
        .all(answers) { writer, answer in
            writer.beginObject()
            writer.member("receipt", answer.receipt)
            if let refusal = answer.refusal {
                writer.key("problem")
                writer.beginObject()
                writer.member("code", Text(refusal.code))
                writer.member("detail", Text(refusal.message))
                writer.endObject()
            } else {
                writer.member("result", "done")
            }
            writer.endObject()
        }
    }
}
