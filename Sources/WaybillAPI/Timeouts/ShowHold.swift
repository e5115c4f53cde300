import Waybill
import WaybillAccess
import WaybillCore

extension Timeouts {
    static let showHold = Operation(
        "showHold", .get, "/v1/timeouts/hold", "Tells who holds the timeouts of orders, and why.",
        grant: Need(.viewer), answers: [Operation.Answer(200, "They are held.", .named("Hold"))],
        problems: [.notFound],
        example: Example(
            after: [Example.Step(.post, "/v1/timeouts/hold", body: #"{"reason":"payments are down"}"#)],
            .get("/v1/timeouts/hold"), 200,
            #"{"held_by":"owner","since":"2026-11-29T12:00:00Z","why":"payments are down"}"#),
        handler: { call throws(Problem) in
            guard let hold = call.book.book.timeoutHold else {
                throw Problem(.notFound, "nothing holds the timeouts of orders")
            }
            return .json { $0.hold(hold) }
        })
}
