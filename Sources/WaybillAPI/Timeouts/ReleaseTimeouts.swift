import Waybill
import WaybillAccess
import WaybillCore
import WaybillEngine

extension Timeouts {
    static let releaseTimeouts = Operation(
        "releaseTimeouts", .post, "/v1/timeouts/release", "Lets held timeouts fire, those that are overdue in order.",
        grant: Need(.operator), key: .taken,
        body: .fields([Operation.reason], bytesMax: Operation.BodyRule.smallMax),
        answers: [
            Operation.Answer(200, "Whether any were held.", .object([Field("released", .boolean, isRequired: true)]))
        ],
        example: Example(
            Example.Step(.post, "/v1/timeouts/release", body: #"{"reason":"payments are back"}"#), 200,
            #"{"released":false}"#),
        handler: { call throws(Problem) in
            let origin = call.origin(because: try call.neededReason(try call.fields()))
            return .given(
                try await call.book.ask { book in
                    try await book.engine.releaseTimeouts(by: origin) { Reply.form($0, released) }
                }, 200, released)
        })
}
