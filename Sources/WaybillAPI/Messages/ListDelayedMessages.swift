import Waybill
import WaybillAccess
import WaybillBroker
import WaybillCore

extension MessageOperations {
    static let listDelayed = Operation(
        "listDelayedMessages", .get, "/v1/delayed-messages",
        "Lists messages that become visible later, by their time, without their contents.", grant: Need(.viewer),
        query: [Parameter("topic", .text(bytesMax: 127), "Only those of this topic.")] + PageRequest.parameters,
        answers: [
            Operation.Answer(
                200, "A page; one of a topic may be short, even empty, while `next` is there.",
                .page(
                    .object([
                        Field("id", .text(), isRequired: true), Field("topic", .text(), isRequired: true),
                        Field("tag", .text()), Field("lane", .text(), isRequired: true),
                        Field("priority", .integer(), isRequired: true), Field("born_at", .time, isRequired: true),
                        Field("deliver_at", .time, "When it becomes visible.", isRequired: true),
                        Field("recall", .text(), "By what it is recalled or moved.", isRequired: true),
                    ])))
        ], problems: [.unknownTopic, .badCursor],
        example: Example(
            after: [ExampleShop.topic, ExampleShop.delayed], .get("/v1/delayed-messages?topic=ledger"), 200,
            #"""
            {"items":[{"id":"booking-12","topic":"ledger","lane":"","priority":0,"born_at":"2026-11-29T12:00:00Z",
             "deliver_at":"2026-11-29T12:30:00Z","recall":"520106508b8b7d6071f23842c91ca3395d86e6"}],
             "next":null,"as_of":"e1"}
            """#),
        handler: { call throws(Problem) in
            let topic = call.query.text("topic").map { TopicName($0) }
            let page = try PageRequest(call, of: Text("delayed messages \(topic?.text ?? "")"))
            let last = try numbers(of: page, count: 2).map { numbers in
                DelayedPlace(due: Moment(milliseconds: numbers[0]), number: numbers[1])
            }
            if let topic, try await call.messages({ try $0.topic(topic) }) == nil {
                throw Problem(.unknownTopic(topic))
            }
            let found = try await call.book.read { book in
                try book.engine.messages.delayedMessages(in: topic, after: last, limit: page.limit)
            }
            let next = found.next.map { [Text("\($0.due.milliseconds)"), Text("\($0.number)")] }
            return page.reply(found.views, next: next) { $0.delayed($1) }
        })
}
