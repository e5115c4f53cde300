import NIOCore
import NIOPosix

/// Ends an event loop when the last one that could still ask it for something is gone.
///
/// A server may have stopped while what serves still works on a call whose client has gone: its answer comes to the
/// loop of the connection, and is dropped there.
final class LoopLife: Sendable {
    private let group: MultiThreadedEventLoopGroup

    init(_ group: MultiThreadedEventLoopGroup) { self.group = group }

    deinit { group.shutdownGracefully { _ in } }
}
