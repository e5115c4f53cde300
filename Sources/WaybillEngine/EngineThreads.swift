import Foundation
import WaybillStore
import WaybillTimeouts

/// The threads on which calls of the engine may wait: for a free reading connection, for the end of a checkpoint, for
/// the turn to write.
///
/// Swift's own pool has about one thread per core. A call that waited there would stop every other task of the process.
///
/// ```
/// task ──enqueue──► waiting jobs ──► an idle thread, or a new one up to `threadsMax` ──► the job runs, and may wait
/// ```
/// A thread starts when a job finds none idle. After ``close()`` the threads end as soon as none waits; a job
/// that comes later gets a thread again, so no task waits for ever.
package final class EngineThreads: TaskExecutor, @unchecked Sendable {
    // Unchecked: the fields below are touched only while `condition` is locked.
    private let condition = NSCondition()
    private let threadsMax: Int
    /// Jobs in order; those before `first` have been taken.
    private var waiting: [UnownedJob] = []
    private var first = 0
    private var count = 0
    private var idle = 0
    private var isClosed = false

    package init(threadsMax: Int) {
        precondition(threadsMax > 0, "jobs need one thread at least")
        self.threadsMax = threadsMax
    }

    /// Lets a job wait for a thread. The queue is as long as there are tasks; their maker bounds their number.
    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        condition.lock()
        waiting.append(job)
        let isShort = waiting.count - first > idle && count < threadsMax
        if isShort { count += 1 } else { condition.signal() }
        condition.unlock()
        if isShort { start() }
    }

    /// Runs a call that may wait, on one of the threads.
    package func run<Result, Failure>(
        _ call: () throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        try await withTaskExecutorPreference(self) { () async throws(Failure) -> Result in try call() }
    }

    /// Runs a call that awaits: whenever it runs, it runs on one of these threads.
    ///
    /// It is one more task, because a preference for threads does not reach a closure that is only handed on: it runs
    /// where its caller is (tried with Swift 6.3.1).
    package func run<Value: Sendable, Failure>(
        awaiting call: @escaping @Sendable () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let outcome = await withTaskGroup(of: Result<Value, Failure>.self) { group in
            group.addTask(executorPreference: self) { await Self.outcome(of: call) }
            // There is one; without it the call would run here.
            guard let outcome = await group.next() else { return await Self.outcome(of: call) }
            return outcome
        }
        return try outcome.get()
    }

    private static func outcome<Value, Failure>(
        of call: () async throws(Failure) -> Value
    ) async -> Result<Value, Failure> {
        do throws(Failure) { return .success(try await call()) } catch { return .failure(error) }
    }

    /// Nothing more is expected: idle threads end.
    package func close() {
        condition.lock()
        isClosed = true
        condition.broadcast()
        condition.unlock()
    }

    /// Jobs that wait for a thread.
    package var waitingCount: Int {
        condition.lock()
        defer { condition.unlock() }
        return waiting.count - first
    }

    private static let name = "waybill-call"

    private func start() {
        Thread.start(named: Self.name) { [self] in
            while let job = next() { job.runSynchronously(on: asUnownedTaskExecutor()) }
        }
    }

    /// The next job, as soon as there is one; nil: the thread is to end.
    private func next() -> UnownedJob? {
        condition.lock()
        defer { condition.unlock() }
        while true {
            if first < waiting.count {
                let job = waiting[first]
                first += 1
                if first == waiting.count {
                    waiting.removeAll(keepingCapacity: waiting.capacity <= Self.keptMax)
                    first = 0
                }
                return job
            }
            if isClosed {
                count -= 1
                return nil
            }
            idle += 1
            condition.wait()
            idle -= 1
        }
    }

    /// Room for this many jobs is kept when the queue is empty.
    private static let keptMax = 1_024
}

extension Engine {
    /// Runs a call that may wait where it keeps no other task waiting. In a virtual world the caller's thread runs it:
    /// there is no other.
    package func onThread<Result, Failure>(
        _ call: (Engine) throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        if world.virtualClock != nil { return try call(self) }
        return try await threads.run { () throws(Failure) -> Result in try call(self) }
    }

    /// A short read on the way of a command: at once when a reading connection is free, else on a thread that may wait.
    func readSoon<Result>(_ body: @Sendable (borrowing Snapshot) throws -> Result) async throws -> Result {
        if let result = try store.readNow(body) { return result }
        return try await onThread { (engine) throws in try engine.store.read(body) }
    }
}
