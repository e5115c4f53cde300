import Waybill
import WaybillAccess
import WaybillCore
import WaybillEngine

extension Orders {
    static let listCalls = Operation(
        "listCalls", .get, "/v1/calls",
        "Lists the calls of all orders that wait for an answer, the longest overdue first.",
        grant: Need(.viewer),
        query: [Parameter("topic", .text(bytesMax: 127), "Only those that were asked there.")] + PageRequest.parameters,
        answers: [
            Operation.Answer(
                200, "A page; one with a filter may be short, even empty, while `next` is there.",
                .pageOfKnown(
                    .object([
                        Field("order", .text(), isRequired: true),
                        Field("key", .text(), "The answer comes with it.", isRequired: true),
                        Field("state", .word(["open", "unanswered"]), isRequired: true),
                        Field("deadline", .time, "By when an answer was asked for.", isRequired: true),
                        Field("topic", .text(), "Where it was asked."),
                    ])))
        ], problems: [.badCursor], example: Example(.get("/v1/calls"), 200, #"{"items":[],"next":null,"as_of":"e0"}"#),
        handler: list)

    private static func list(_ call: Call) async throws(Problem) -> Reply {
        let topic = call.query.text("topic").map { TopicName($0) }
        let page = try PageRequest(call, of: topic.map { "calls \($0)" } ?? "calls")
        let after = page.after.flatMap { place -> OpenCallView? in
            guard place.count == 2, let deadline = Int64(place[0].string), let number = Int64(place[1].string) else {
                return nil
            }
            return OpenCallView(
                order: "", key: "", deadline: Moment(milliseconds: deadline), isUnanswered: false, number: number)
        }
        let calls = try await call.book.read { book in try book.openCalls(after: after, limit: page.limit) }
        let last = calls.count == page.limit ? calls.last : nil
        let next: [Text]? = last.map { ["\($0.deadline.milliseconds)", "\($0.number)"] }
        let asked = calls.filter { topic == nil || $0.topic == topic }
        var unknown: [Engine.UnknownName] = []
        if asked.isEmpty, page.after == nil, let topic {
            unknown = try await call.book.read { book in
                try book.engine.unknownName(ofTopic: topic).map { [$0] } ?? []
            }
        }
        return page.reply(asked, next: next, unknown: unknown) { writer, call in
            writer.beginObject()
            writer.member("order", call.order.text)
            writer.member("key", call.key)
            writer.member("state", call.isUnanswered ? "unanswered" : "open")
            writer.member("deadline", call.deadline)
            writer.member("topic", ifAny: call.topic?.text)
            writer.endObject()
        }
    }
}
