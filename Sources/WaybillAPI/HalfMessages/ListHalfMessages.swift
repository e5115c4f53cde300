import Waybill
import WaybillAccess
import WaybillBroker
import WaybillCore
import WaybillEngine

extension HalfMessages {
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
                .pageOfKnown(.named("HalfMessage")))
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
            of: PageRequest.list(
                "half messages", state.map { Text($0.rawValue) }, producer, topic?.text,
                age.map { Text("\($0.milliseconds)") }))
        let youngest = age.map { call.book.now.advanced(by: $0 * -1) }
        let found = try await call.messages { messages in
            try messages.halfMessages(after: page.number.map { PageToken(number: $0) }, limit: page.limit)
        }
        let items = found.elements.filter { half in
            (state.map { ($0 == .parked) == half.isParked } ?? true) && (producer.map { half.producer == $0 } ?? true)
                && (topic.map { half.topic == $0 } ?? true) && (youngest.map { half.preparedAt <= $0 } ?? true)
        }
        var unknown: [Engine.UnknownName] = []
        if items.isEmpty, page.after == nil {
            unknown = try await call.book.read { book in
                [
                    try topic.flatMap { try book.engine.unknownName(ofTopic: $0) },
                    try producer.flatMap { try book.engine.unknownName(ofProducer: $0) },
                ].compactMap(\.self)
            }
        }
        return page.reply(items, next: found.next?.number, unknown: unknown) { $0.halfMessage($1) }
    }
}
