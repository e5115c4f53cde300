import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
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
            try channel.syncOptions?.setOption(.recvAllocator, value: Self.reads)
        }.flatMap { [self] in self.channel.setup(channel: channel, logger: logger) }
    }

    /// What one read of a connection takes: most requests are smaller, and each connection keeps the memory of one
    /// read. It grows with what comes.
    private static var reads: AdaptiveRecvByteBufferAllocator {
        AdaptiveRecvByteBufferAllocator(minimum: 1_024, initial: 1_024, maximum: 65_536)
    }

    func handle(value: Connection.Value, logger: Logger) async {
        await withTaskExecutorPreference(LoopExecutor.of(value.channel.eventLoop)) {
            await channel.handle(value: value, logger: logger)
        }
    }
}

/// Runs tasks on one event loop; nothing that waits may run there.
final class LoopExecutor: TaskExecutor {
    private let loop: any EventLoop
    /// Those of the process's loops: a task that prefers the one it runs on already changes to nothing.
    private static let known = Dictionary(
        uniqueKeysWithValues: MultiThreadedEventLoopGroup.singleton.makeIterator().map { loop in
            (ObjectIdentifier(loop), LoopExecutor(loop))
        })

    static func of(_ loop: any EventLoop) -> LoopExecutor { known[ObjectIdentifier(loop)] ?? LoopExecutor(loop) }

    init(_ loop: any EventLoop) { self.loop = loop }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { [self] in job.runSynchronously(on: asUnownedTaskExecutor()) }
    }
}
