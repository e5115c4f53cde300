import Waybill
import WaybillAccess
import WaybillBroker
import WaybillCore
import WaybillEngine

extension Operations {
    static let stop = Operation(
        "stopOperation", .post, "/v1/operations/{operation}/stop",
        "Gives an operation up; what it has changed stays changed.", grant: Need(.operator), key: .taken,
        body: .fields([Operation.reason], bytesMax: Operation.BodyRule.smallMax),
        answers: [Operation.Answer(200, "It does not run.", schema)], problems: [.unknownOperation],
        example: Example(
            after: [ExampleShop.stock, ExampleShop.place, changeStep],
            Example.Step(.post, "/v1/operations/o1/stop", body: #"{"reason":"a mistake"}"#), 200, shown),
        handler: { call throws(Problem) in
            let origin = call.origin(because: try call.neededReason(try call.fields()))
            let number = try await job(of: call).number
            let given = try await call.book.ask { book in
                try await book.engine.stop(number, by: origin) { "\($0)" }
            }
            let now = try await job(of: call)
            var reply = Reply.json { $0.operation(now) }
            if case .before = given { reply.headers.append(Reply.replayed) }
            return reply
        })
}
