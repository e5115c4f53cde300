import Waybill
import WaybillAccess
import WaybillCore
import WaybillEngine

extension Timeouts {
    static let confirmClock = Operation(
        "confirmClock", .post, "/v1/clock/confirm", "Says that the wall clock is right after a jump.",
        grant: Need(.operator), key: .taken,
        body: .fields([Operation.reason], bytesMax: Operation.BodyRule.smallMax),
        answers: [Operation.Answer(204, "Timeouts go on.", nil)],
        example: Example(Example.Step(.post, "/v1/clock/confirm", body: #"{"reason":"NTP was set"}"#), 204),
        handler: { call throws(Problem) in
            let origin = call.origin(because: try call.neededReason(try call.fields()))
            let given = try await call.book.ask { book in try await book.engine.confirmClock(by: origin) { "" } }
            return .done(given)
        })
}
