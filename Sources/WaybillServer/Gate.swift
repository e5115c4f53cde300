import ServiceLifecycle
import WaybillAPI

/// Lets no new work in as soon as the server is asked to stop.
struct Gate: Service {
    private let served: Served

    init(_ served: Served) { self.served = served }

    func run() async throws {
        // Cancelled means the same.
        do { try await gracefulShutdown() } catch {}
        served.become(.stopping)
    }
}

/// Ends the server when the book has stopped after a failed commit: whoever starts it again opens the file anew.
struct StoppedBook: Service {
    private let served: Served

    init(_ served: Served) { self.served = served }

    func run() async throws {
        guard let why = await served.stopped() else { return }
        throw ServerFailure(.stopped, why)
    }
}
