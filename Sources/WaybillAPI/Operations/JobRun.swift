import Synchronization
import Waybill
import WaybillCore
import WaybillEngine

/// Which operations this process works at: none is worked at twice.
final class RunningJobs: Sendable {
    /// Of each whether it was begun again meanwhile: it was paused and resumed, and its work may not have seen it.
    private let numbers = Mutex<[Int64: Bool]>([:])

    /// False: it is worked at already.
    func begin(_ number: Int64) -> Bool {
        numbers.withLock { numbers in
            let isNew = numbers[number] == nil
            numbers[number] = !isNew
            return isNew
        }
    }

    /// False: it was begun again meanwhile, and has to be looked at once more.
    func end(_ number: Int64) -> Bool {
        numbers.withLock { numbers in
            guard numbers[number] == true else {
                numbers[number] = nil
                return true
            }
            numbers[number] = false
            return false
        }
    }

    func contains(_ number: Int64) -> Bool { numbers.withLock { $0[number] != nil } }
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
            defer { _ = book.jobs.end(job.number) }
            return try await book.ask { book in
                var job = job
                while job.goesOn { job = try await book.engine.step(job) }
            }
        }
        Task {
            var job = job
            while true {
                await work(job, in: book.book)
                if book.jobs.end(job.number) { return }
                guard let now = await read(job, in: book) else { continue }
                job = now
            }
        }
    }

    /// What its row says now; nil: the file cannot be read, or has none.
    private static func read(_ job: EngineJob, in book: ServedBook) async -> EngineJob? {
        do throws(Problem) {
            return try await book.unbounded { book in try book.engine.job(job.number) }
        } catch {
            return nil
        }
    }

    /// Goes on until the job is done or paused, another program works at it, or the book is closed. What fails is tried
    /// again after a rest.
    private static func work(_ job: EngineJob, in book: OrderBook) async {
        var job = job
        var rest = Interval(milliseconds: 0)
        while job.goesOn {
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

extension EngineJob {
    /// Whether there is a next step.
    fileprivate var goesOn: Bool { !isDone && !isStopped && !isPaused }
}

extension ServedBook {
    /// Goes on with the operations that a server began and did not finish. One that is paused stays so. A change that a
    /// program began which has the file open, such as the command line, waits for that program: it may have been
    /// interrupted on purpose.
    package func continueOperations() async throws(Problem) {
        for job in try await read({ book in try book.engine.runningJobs() }) {
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
