import Foundation
import ServiceLifecycle
import Waybill
import WaybillAPI
import WaybillCore
import WaybillEngine

/// Lets no new work in as soon as the server is asked to stop, and gives clients the time to hear of it: what they send
/// on open connections is answered, and each answer says that the connection ends. One that is closed while its next
/// request is on the way would leave that without an answer.
///
///     SIGTERM ──► answers close their connections ──0.5 s──► idle connections are closed, the others when answered
struct Gate: Service {
    private static let notice = Interval(milliseconds: 500)

    private let served: Served
    private let signals: StopSignals

    init(_ served: Served, _ signals: StopSignals) {
        self.served = served
        self.signals = signals
    }

    func run() async throws {
        // Cancelled means the same.
        do { try await gracefulShutdown() } catch {}
        // A book that has stopped ends its server without one.
        if case .ready = served.now { signals.letSecondEnd() }
        served.become(.stopping)
        await served.book.book.engine.world.rest(Self.notice)
    }
}

/// Ends the server when the book has stopped after a failed commit: the next start opens the file anew.
struct StoppedBook: Service {
    private let served: Served

    init(_ served: Served) { self.served = served }

    func run() async throws {
        let book = served.book.book
        guard let why = await cancelWhenGracefulShutdown({ await book.stopped }) else { return }
        served.become(.stopped(why))
        throw ServerFailure(.stopped, why)
    }
}
