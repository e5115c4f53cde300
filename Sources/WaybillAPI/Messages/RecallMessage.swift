import Waybill
import WaybillAccess
import WaybillBroker
import WaybillCore

extension MessageOperations {
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
}
