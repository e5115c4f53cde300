import Waybill
import WaybillCore
import WaybillEngine

/// Works a job off, page by page, while its server goes on.
enum JobRun {
    /// Begins to work a job off. In a virtual world, where nothing goes on by itself, it is done when this returns.
    static func start(_ job: BulkTimeoutJob, in book: ServedBook) async throws(Problem) {
        guard book.book.engine.world.virtualClock == nil else {
            return try await book.ask { book in try await run(job, in: book) }
        }
        // What cannot be written leaves the job as it is: it is listed as running, and can be resumed.
        Task { do { try await run(job, in: book.book) } catch { book.book.engine.report(failure(error)) } }
    }

    private static func run(_ job: BulkTimeoutJob, in book: OrderBook) async throws {
        var job = job
        while !job.isDone { job = try await book.engine.step(job) }
    }

    private static func failure(_ error: any Error) -> LoopFailure {
        LoopFailure(.operations, error, rest: .minutes(0))
    }
}
