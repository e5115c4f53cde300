import Waybill
import WaybillAccess
import WaybillBroker
import WaybillCore

/// Operations on messages.
enum MessageOperations {
    static let operations: [Operation] = [
        sendMessages, recallMessage, rescheduleMessage, findMessages, showMessage, messageBody, traceMessage,
    ]

    static let countMax = 32

    static func messages(_ call: Call, to topic: TopicName) throws(Problem) -> [NewMessage] {
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
}
