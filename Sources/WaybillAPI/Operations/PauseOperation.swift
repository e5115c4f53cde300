import Waybill
import WaybillAccess
import WaybillBroker
import WaybillCore
import WaybillEngine

extension Operations {
    static let pause = Operation(
        "pauseOperation", .post, "/v1/operations/{operation}/pause",
        "Pauses an operation: it does nothing until it is resumed, also after a restart. One that has ended is left "
            + "alone; a backup begins again when it is resumed.",
        grant: Need(.operator), key: .taken, body: .fields([Operation.reason], bytesMax: Operation.BodyRule.smallMax),
        answers: [Operation.Answer(200, "It is paused, or has ended.", schema)], problems: [.unknownOperation],
        example: Example(
            after: [ExampleShop.stock, ExampleShop.place, changeStep],
            Example.Step(.post, "/v1/operations/o1/pause", body: #"{"reason":"until the sale is over"}"#), 200, shown),
        handler: { call throws(Problem) in
            let origin = call.origin(because: try call.neededReason(try call.fields()))
            let number = try await job(of: call).number
            let given = try await call.book.ask { book in
                try await book.engine.pause(number, by: origin) { "\($0)" }
            }
            let now = try await job(of: call)
            var reply = Reply.json { $0.operation(now) }
            if case .before = given { reply.headers.append(Reply.replayed) }
            return reply
        })
}
