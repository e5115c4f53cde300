import HummingbirdCore
import Logging
import NIOCore
import WaybillAPI

/// Handles each connection on the event loop that reads it: a request changes threads only to wait for the engine, and
/// once more to be answered.
struct OnItsLoop<Connection: ServerChildChannel>: ServerChildChannel {
    private let channel: Connection
    private let counts: ConnectionCounts?

    /// - Parameter counts: what each connection counts in; nil: in nothing.
    init(_ channel: Connection, _ counts: ConnectionCounts?) {
        self.channel = channel
        self.counts = counts
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Connection.Value> {
        guard let counts else { return self.channel.setup(channel: channel, logger: logger) }
        return channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(ConnectionSeat(counts))
        }.flatMap { [self] in self.channel.setup(channel: channel, logger: logger) }
    }

    func handle(value: Connection.Value, logger: Logger) async {
        await withTaskExecutorPreference(LoopExecutor(value.channel.eventLoop)) {
            await channel.handle(value: value, logger: logger)
        }
    }
}

/// Runs tasks on one event loop; nothing that waits may run there.
private final class LoopExecutor: TaskExecutor {
    private let loop: any EventLoop

    init(_ loop: any EventLoop) { self.loop = loop }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { [self] in job.runSynchronously(on: asUnownedTaskExecutor()) }
    }
}
