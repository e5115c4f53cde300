import Waybill
import WaybillAccess
import WaybillBroker
import WaybillCore
import WaybillEngine

extension Operations {
    static let resume = Operation(
        "resumeOperation", .post, "/v1/operations/{operation}/resume",
        "Goes on with an operation that was paused or interrupted; one that runs or has ended is left alone.",
        grant: Need(.operator), key: .taken, body: .fields([Operation.reason], bytesMax: Operation.BodyRule.smallMax),
        answers: [Operation.Answer(202, "It runs, or has ended.", schema)],
        problems: [.unknownOperation, .busy],
        example: Example(
            after: [ExampleShop.stock, ExampleShop.place, changeStep],
            Example.Step(.post, "/v1/operations/o1/resume", body: #"{"reason":"the machine is back"}"#), 202, shown),
        handler: { call throws(Problem) in
            let origin = call.origin(because: try call.neededReason(try call.fields()))
            let job = try await job(of: call)
            if job.isPaused {
                try await unpause(job.number, by: origin, call)
            } else if !job.isDone, !job.isStopped, !call.book.jobs.contains(job.number) {
                try await call.book.ask { book in try await book.engine.audit(job.act("resumed"), by: origin) }
                try await JobRun.start(job, in: call.book)
            }
            let now = try await Self.job(of: call)
            return .json(202) { $0.operation(now) }
        })

    /// Lets a paused operation run, unless as many run as may, and goes on with it.
    private static func unpause(_ number: Int64, by origin: Origin, _ call: Call) async throws(Problem) {
        let runningMax = call.served.settings.operationsMax
        let given: GivenAnswer<Bool> = try await call.book.ask { book in
            do {
                return try await book.engine.unpause(number, by: origin, runningMax: runningMax) { "\($0)" }
            } catch let refusal as Refusal {
                throw problem(refusal)
            }
        }
        let job = try await job(of: call)
        if case .now = given, !job.isPaused { try await JobRun.start(job, in: call.book) }
    }
}
