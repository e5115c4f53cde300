package import WaybillCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A semaphore whose timed wait goes by the monotonic clock. Dispatch's goes by the wall clock on Linux: set back by an
/// hour, a wait of 400 ms would last an hour.
///
/// Sendable because the mutex and the condition are made once and are meant for many threads, and `count` is read and
/// written only under the mutex.
package final class TimedSignal: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    /// Signals that have not been consumed by a wait yet.
    private var count = 0

    package init() {
        pthread_mutex_init(mutex, nil)
        #if canImport(Glibc)
            var attributes = pthread_condattr_t()
            pthread_condattr_init(&attributes)
            pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
            pthread_cond_init(condition, &attributes)
            pthread_condattr_destroy(&attributes)
        #else
            pthread_cond_init(condition, nil)
        #endif
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    /// Lets one wait end, this one or the next.
    package func signal() {
        pthread_mutex_lock(mutex)
        count += 1
        pthread_cond_signal(condition)
        pthread_mutex_unlock(mutex)
    }

    /// Waits for a signal, up to a timeout; false: none came.
    package func wait(atMost interval: Interval) -> Bool {
        let end = SystemClocks.monotonic().milliseconds.addingReportingOverflow(max(0, interval.milliseconds))
        let deadline = end.overflow ? Int64.max : end.partialValue
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while count == 0 {
            let left = deadline - SystemClocks.monotonic().milliseconds
            guard left > 0 else { return false }
            #if canImport(Glibc)
                var time = timespec(tv_sec: Int(deadline / 1_000), tv_nsec: Int(deadline % 1_000) * 1_000_000)
                pthread_cond_timedwait(condition, mutex, &time)
            #else
                var time = timespec(tv_sec: Int(left / 1_000), tv_nsec: Int(left % 1_000) * 1_000_000)
                pthread_cond_timedwait_relative_np(condition, mutex, &time)
            #endif
        }
        count -= 1
        return true
    }
}
