import Waybill
import WaybillAccess
import WaybillBroker
import WaybillCore

/// Operations on messages.
enum MessageOperations {
    static let operations: [Operation] = [
        sendMessages, recallMessage, rescheduleMessage, findMessages, listDelayed, showMessage, messageBody,
        traceMessage,
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
        answers: [Operation.Answer(201, "Durable.", sent)],
        problems: [
            .unknownTopic, .wrongType, .badMessageID, .badTag, .badMessageKey, .badMessageGroup, .badProperty,
            .badProperties, .badBody, .badPriority, .badLane, .badDeliveryTime, .badBatch, .badData, .keyReused,
        ],
        example: Example(
            after: [ExampleShop.topic], ExampleShop.delayed, 201,
            #"""
            {"items":[{"id":"booking-12","recall":"520106508b8b7d6071f23842c91ca3395d86e6"}],"next":null,
             "repeated":false}
            """#), handler: send)

    private static let sent = Schema.object(
        Schema.itemFields(.named("SentMessage")) + [
            Field("repeated", .boolean, "Whether they were sent before, under the same key.", isRequired: true)
        ])

    private static func send(_ call: Call) async throws(Problem) -> Reply {
        let messages = try messages(call, to: TopicName(call.path("topic")))
        let given: GivenAnswer<[SentMessage]>
        do throws(Problem) {
            given = try await call.given(Send(messages)) { $0.sent($1, isRepeat: true) }
        } catch {
            throw error.naming(messages, bodyType: call.bodyType)
        }
        return .given(given, 201) { $0.sent($1, isRepeat: false) }
    }
}

extension Problem {
    /// The same with the message of a batch that is the first to be wrong: `messages[1]`.
    fileprivate func naming(_ messages: [NewMessage], bodyType: String) -> Problem {
        guard messages.count > 1, let index = messages.firstIndex(where: { isAbout($0) }) else { return self }
        return at(bodyType == CloudEvents.batchType ? "[\(index)]" : "messages[\(index)]")
    }

    /// Whether this message is refused so by itself.
    private func isAbout(_ message: NewMessage) -> Bool {
        if code == .wrongType { return values["asked"] == .text(message.type.rawValue) }
        do throws(MessageFlaw) { try MessageLimits().check(message) } catch {
            return ProblemCode(MessageRefusal.flawed(error)) == code && values["problem"] == .text(error.problem)
        }
        return false
    }

    private func at(_ path: String) -> Problem {
        var problem = Problem(code, "\(path): \(detail)").with(values.with("path", .text(path)))
        problem.findings = [Finding(path: path, message: detail)]
        return problem
    }
}

extension JSONWriter {
    /// What was sent. The form that is kept under the key is that of a repeat.
    fileprivate mutating func sent(_ messages: [SentMessage], isRepeat: Bool) {
        beginObject()
        members("items", messages) { writer, sent in
            writer.beginObject()
            writer.member("id", sent.id.text)
            writer.key("recall")
            if let handle = sent.recallHandle { writer.text(handle) } else { writer.null() }
            writer.endObject()
        }
        key("next")
        null()
        member("repeated", isRepeat)
        endObject()
    }
}
