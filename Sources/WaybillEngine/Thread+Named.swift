import Foundation

extension Thread {
    /// Starts a thread that profiles and debuggers show by its name, of which the system keeps 15 bytes.
    ///
    /// A name reaches the system from within the thread alone, and only when the start has come back: before that the
    /// thread goes on under the name of the one that starts it.
    static func start(named name: String, _ body: @escaping @Sendable () -> Void) {
        let hasStarted = DispatchSemaphore(value: 0)
        let thread = Thread {
            hasStarted.wait()
            Thread.current.name = name
            body()
        }
        thread.start()
        hasStarted.signal()
    }
}
