import Waybill
import WaybillAccess
import WaybillBroker
import WaybillCore

/// Operations on messages.
enum MessageOperations {
    static let operations: [Operation] = [
        sendMessages, recallMessage, rescheduleMessage, findMessages, showMessage, messageBody, traceMessage,
    ]

    private static let countMax = 32

    static let sendMessages = Operation(
        "sendMessages", .post, "/v1/topics/{topic}/messages",
        "Sends a message, or up to 32 in one commit; a repeat under the same key has the same ids. CloudEvents in "
            + "their structured form are taken too: the id, the type as the tag, the subject as a key, the "
            + "partitionkey as the message group, the data as the body, all else as properties.",
        grant: Need(.producer(topic: "topic")), headers: [.lane], key: .required,
        body: .fieldsOrEvents(
            MessageFields.fields + [
                Field("messages", .array(.object(MessageFields.fields), countMax: countMax), "Several instead of one.")
            ], bytesMax: Operation.BodyRule.messagesMax),
        answers: [Operation.Answer(201, "Durable.", .items(.named("SentMessage")))],
        problems: [
            .unknownTopic, .wrongType, .badMessageID, .badTag, .badMessageKey, .badMessageGroup, .badProperty,
            .badProperties, .badBody, .badPriority, .badLane, .badDeliveryTime, .badBatch, .badData, .keyReused,
        ],
        example: Example(
            after: [ExampleShop.topic], ExampleShop.delayed, 201,
            #"""
            {"items":[{"id":"booking-12","recall":"520106508b8b7d6071f23842c91ca3395d86e6"}],"next":null}
            """#), handler: send)

    private static func send(_ call: Call) async throws(Problem) -> Reply {
        let messages = try messages(call, to: TopicName(call.path("topic")))
        return try await call.act(Send(messages), status: 201) { writer, sent in
            writer.beginObject()
            writer.members("items", sent) { writer, sent in
                writer.beginObject()
                writer.member("id", sent.id.text)
                writer.key("recall")
                if let handle = sent.recallHandle { writer.text(handle) } else { writer.null() }
                writer.endObject()
            }
            writer.key("next")
            writer.null()
            writer.endObject()
        }
    }

    private static func messages(_ call: Call, to topic: TopicName) throws(Problem) -> [NewMessage] {
        let isBatch = call.bodyType == CloudEvents.batchType
        guard !isBatch, call.bodyType != CloudEvents.type else {
            return try CloudEvents.read(call.body, isBatch: isBatch, to: topic, countMax: countMax, call)
        }
        let fields = try call.fields()
        let several = try fields.objects("messages", as: MessageFields.fields, countMax: countMax)
        if several != nil, MessageFields.fields.contains(where: { fields.json($0.name) != nil }) {
            throw .badData("messages", "one message and several do not go together")
        }
        var messages: [NewMessage] = []
        for (number, each) in (several ?? [fields]).enumerated() {
            messages.append(try MessageFields.read(each, to: topic, number: number, call))
        }
        return messages
    }

    static let recallMessage = Operation(
        "recallMessage", .post, "/v1/topics/{topic}/messages/recall",
        "Takes a delayed message back: it is never delivered.",
        grant: Need(.producer(topic: "topic"), .operator), key: .taken,
        body: .fields(
            [
                Field("handle", .text(), "`recall` of the message when it was sent.", isRequired: true),
                Operation.reasonByHand,
            ],
            bytesMax: Operation.BodyRule.smallMax),
        answers: [Operation.Answer(200, "Taken back.", .object([Field("id", .text(), isRequired: true)]))],
        problems: [.alreadyVisible, .unknownMessage, .decidedAlready, .badData],
        example: Example(
            after: [ExampleShop.topic, ExampleShop.delayed],
            Example.Step(
                .post, "/v1/topics/ledger/messages/recall",
                body: #"{"handle":"520106508b8b7d6071f23842c91ca3395d86e6"}"#), 200,
            #"{"id":"booking-12"}"#),
        handler: { call throws(Problem) in
            let (topic, handle) = (TopicName(call.path("topic")), try call.fields().needed("handle"))
            let isByHand = !call.principal.isProducer(of: topic.text)
            let reason = try call.reason(byHand: isByHand)
            return try await call.act(Recall(handle, of: topic), because: reason, isByHand: isByHand) { writer, id in
                writer.beginObject()
                writer.member("id", id.text)
                writer.endObject()
            }
        })

    static let rescheduleMessage = Operation(
        "rescheduleMessage", .post, "/v1/topics/{topic}/messages/reschedule", "Gives a delayed message another time.",
        grant: Need(.producer(topic: "topic"), .operator), key: .taken,
        body: .fields(
            [
                Field("handle", .text(), "`recall` of the message when it was sent.", isRequired: true),
                Field("deliver_at", .time, "When it becomes visible.", isRequired: true), Operation.reasonByHand,
            ], bytesMax: Operation.BodyRule.smallMax),
        answers: [Operation.Answer(200, "Moved.", .object([Field("deliver_at", .time, isRequired: true)]))],
        problems: [.alreadyVisible, .unknownMessage, .decidedAlready, .badData],
        example: Example(
            after: [ExampleShop.topic, ExampleShop.delayed],
            Example.Step(
                .post, "/v1/topics/ledger/messages/reschedule",
                body: #"{"handle":"520106508b8b7d6071f23842c91ca3395d86e6","deliver_at":"2026-11-29T13:00:00Z"}"#), 200,
            #"{"deliver_at":"2026-11-29T13:00:00Z"}"#),
        handler: { call throws(Problem) in
            let fields = try call.fields()
            let (topic, handle) = (TopicName(call.path("topic")), try fields.needed("handle"))
            guard let due = try fields.time("deliver_at") else { throw .badData("deliver_at", "the field is missing") }
            let isByHand = !call.principal.isProducer(of: topic.text)
            let (reason, verb) = (try call.reason(byHand: isByHand), Reschedule(handle, of: topic, to: due))
            return try await call.act(verb, because: reason, isByHand: isByHand) { writer, moved in
                writer.beginObject()
                writer.member("deliver_at", moved.due)
                writer.endObject()
            }
        })
}
