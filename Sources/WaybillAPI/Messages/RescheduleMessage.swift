import Waybill
import WaybillAccess
import WaybillBroker
import WaybillCore

extension MessageOperations {
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
