import Waybill
import WaybillAccess
import WaybillCore

extension Orders {
    static let listCalls = Operation(
        "listCalls", .get, "/v1/calls",
        "Lists the calls of all orders that wait for an answer, the longest overdue first.",
        grant: Need(.viewer), query: PageRequest.parameters,
        answers: [
            Operation.Answer(
                200, "A page.",
                .page(
                    .object([
                        Field("order", .text(), isRequired: true),
                        Field("key", .text(), "The answer comes with it.", isRequired: true),
                        Field("state", .word(["open", "unanswered"]), isRequired: true),
                        Field("deadline", .time, "By when an answer was asked for.", isRequired: true),
                    ])))
        ], problems: [.badCursor], example: Example(.get("/v1/calls"), 200, #"{"items":[],"next":null,"as_of":"e0"}"#),
        handler: list)

    private static func list(_ call: Call) async throws(Problem) -> Reply {
        let page = try PageRequest(call, of: "calls")
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
        return page.reply(calls, next: next) { writer, call in
            writer.beginObject()
            writer.member("order", call.order.text)
            writer.member("key", call.key)
            writer.member("state", call.isUnanswered ? "unanswered" : "open")
            writer.member("deadline", call.deadline)
            writer.endObject()
        }
    }
}
