import Waybill
import WaybillAccess
import WaybillBroker
import WaybillCore
import WaybillEngine

extension Operations {
    static let resume = Operation(
        "resumeOperation", .post, "/v1/operations/{operation}/resume",
        "Goes on with an operation that was interrupted; one that runs or has ended is left alone.",
        grant: Need(.operator), key: .taken, body: .fields([Operation.reason], bytesMax: Operation.BodyRule.smallMax),
        answers: [Operation.Answer(202, "It runs, or has ended.", schema)], problems: [.unknownOperation],
        example: Example(
            after: [ExampleShop.stock, ExampleShop.place, changeStep],
            Example.Step(.post, "/v1/operations/o1/resume", body: #"{"reason":"the machine is back"}"#), 202, shown),
        handler: { call throws(Problem) in
            let origin = call.origin(because: try call.neededReason(try call.fields()))
            let job = try await job(of: call)
            if !job.isDone, !job.isStopped, !call.book.jobs.contains(job.number) {
                try await call.book.ask { book in try await book.engine.audit(job.act("resumed"), by: origin) }
                try await JobRun.start(job, in: call.book)
            }
            let now = try await Self.job(of: call)
            return .json(202) { $0.operation(now) }
        })
}
