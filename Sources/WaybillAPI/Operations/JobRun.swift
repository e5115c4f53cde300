import Synchronization
import Waybill
import WaybillCore
import WaybillEngine

/// Which operations this process works at: none is worked at twice.
final class RunningJobs: Sendable {
    private let numbers = Mutex<Set<Int64>>([])

    /// False: it is worked at already.
    func begin(_ number: Int64) -> Bool { numbers.withLock { $0.insert(number).inserted } }

    func end(_ number: Int64) { numbers.withLock { _ = $0.remove(number) } }

    func contains(_ number: Int64) -> Bool { numbers.withLock { $0.contains(number) } }
}

/// Works a job off, page by page, while its server goes on.
enum JobRun {
    private static let restMin = Interval.seconds(1)
    fileprivate static let restMax = Interval.seconds(30)

    /// Begins to work a job off, unless that goes on already. In a virtual world, where nothing goes on by itself, it
    /// is done when this returns.
    static func start(_ job: EngineJob, in book: ServedBook) async throws(Problem) {
        guard book.jobs.begin(job.number) else { return }
        guard book.book.engine.world.virtualClock == nil else {
            defer { book.jobs.end(job.number) }
            return try await book.ask { book in
                var job = job
                while !job.isDone, !job.isStopped { job = try await book.engine.step(job) }
            }
        }
        Task {
            await work(job, in: book.book)
            book.jobs.end(job.number)
        }
    }

    /// Goes on until the job is done, another program works at it, or the book is closed. What fails is tried again
    /// after a rest.
    private static func work(_ job: EngineJob, in book: OrderBook) async {
        var job = job
        var rest = Interval(milliseconds: 0)
        while !job.isDone, !job.isStopped {
            do {
                job = try await book.engine.step(job)
                rest = Interval(milliseconds: 0)
            } catch  where Engine.endsRun(error) {
                return
            } catch {
                rest = min(restMax, max(restMin, rest * 2))
                book.engine.report(LoopFailure(.operations, error, rest: rest))
                await book.engine.world.rest(rest)
            }
        }
    }
}

extension ServedBook {
    /// Goes on with the operations that a server began and did not finish. A change that a program began which has the
    /// file open, such as the command line, waits for that program: it may have been interrupted on purpose.
    package func continueOperations() async throws(Problem) {
        for job in try await read({ book in try book.engine.unfinishedJobs() }) {
            // What cannot be read stays for an operator: a shop does not stand still because of it.
            if case .unreadable(let job) = job {
                let failure = EngineFailure.damaged(job.failure.string)
                book.engine.report(LoopFailure(.operations, failure, rest: JobRun.restMax))
            } else if !job.by.isEmpty {
                try await JobRun.start(job, in: self)
            }
        }
    }
}
