import Waybill
import WaybillAccess
import WaybillCore
import WaybillEngine

extension Timeouts {
    static let holdTimeouts = Operation(
        "holdTimeouts", .post, "/v1/timeouts/hold", "Holds all timeouts of orders until they are released.",
        grant: Need(.operator), key: .taken,
        body: .fields([Operation.reason], bytesMax: Operation.BodyRule.smallMax),
        answers: [Operation.Answer(200, "Held.", .named("Hold"))], problems: [.limit],
        example: Example(
            Example.Step(.post, "/v1/timeouts/hold", body: #"{"reason":"payments are down"}"#), 200,
            #"{"held_by":"owner","since":"2026-11-29T12:00:00Z","why":"payments are down"}"#),
        handler: { call throws(Problem) in
            let origin = call.origin(because: try call.neededReason(try call.fields()))
            return .given(
                try await call.book.ask { book in
                    try await book.engine.holdTimeouts(by: origin) { hold in Reply.form(hold) { $0.hold($1) } }
                }
            ) { $0.hold($1) }
        })
}
