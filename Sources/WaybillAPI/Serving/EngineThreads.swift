import Foundation
import Synchronization

/// Threads for calls that wait for the file, so that these hold none of the threads that other tasks run on.
package final class EngineThreads: TaskExecutor {
    fileprivate struct State {
        var jobs: [UnownedJob] = []
        /// Where the next one stands in `jobs`.
        var first = 0
        var hasEnded = false
    }

    private let state = Mutex(State())
    private let wakeUp = DispatchSemaphore(value: 0)

    /// - Parameter count: threads; as many calls wait for the file at a time.
    package init(count: Int) {
        for number in 1...max(1, count) {
            let thread = Thread { [self] in run() }
            thread.name = "waybill-call-\(number)"
            thread.start()
        }
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        state.withLock { $0.jobs.append(job) }
        wakeUp.signal()
    }

    /// Lets the threads end when nothing waits any more.
    package func end() {
        state.withLock { $0.hasEnded = true }
        wakeUp.signal()
    }

    private func run() {
        while true {
            wakeUp.wait()
            let (job, hasEnded) = state.withLock { state in (state.next(), state.hasEnded) }
            if let job { job.runSynchronously(on: asUnownedTaskExecutor()) }
            if hasEnded {
                // For the next thread.
                wakeUp.signal()
                if job == nil { return }
            }
        }
    }
}

extension EngineThreads.State {
    /// Takes the job that has waited longest.
    mutating func next() -> UnownedJob? {
        guard first < jobs.count else { return nil }
        let job = jobs[first]
        first += 1
        if first == jobs.count || first > 1_024 {
            jobs.removeFirst(first)
            first = 0
        }
        return job
    }
}
