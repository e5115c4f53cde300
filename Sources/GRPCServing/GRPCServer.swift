import Foundation
package import Logging
package import NIOCore
import NIOHTTP2
import NIOPosix
package import NIOSSL
import ServiceLifecycle
import Synchronization

/// Serves remote procedures over HTTP/2 at one address, with TLS and in plain text at the same port, on one event loop.
package struct GRPCServer: Service {
    /// Where it serves, and within which bounds.
    package struct Settings: Sendable {
        package var host: String
        /// 0: one that is free.
        package var port: Int
        package var limits = GRPCLimits()
        /// What the next connection with TLS is made with; nil: there is no TLS.
        package var tls: (@Sendable () -> NIOSSLContext)?
        /// Whether a connection may do without TLS.
        package var isPlain = true
        /// The place of a new connection among those that may be open; nil: there is none, and it is closed.
        package var seat: @Sendable () -> (any Seat)? = { FreeSeat() }
        /// What a request of HTTP/1 is answered.
        package var toHTTP1 = Settings.http1("This port speaks gRPC over HTTP/2.")
        /// What the first bytes of a protocol are answered that is known and not served; nil: none is known.
        package var otherProtocol: (@Sendable ([UInt8]) -> OtherProtocol)?
        /// Whether what stands behind the calls can answer them, as the health check says it.
        package var isServing: @Sendable () -> Bool = { true }

        package init(host: String, port: Int) {
            self.host = host
            self.port = port
        }

        /// An answer of HTTP/1 with one sentence.
        package static func http1(_ sentence: String) -> ByteBuffer {
            ByteBuffer(
                string: "HTTP/1.1 426 Upgrade Required\r\nupgrade: h2c\r\nconnection: close\r\n"
                    + "content-type: text/plain; charset=utf-8\r\ncontent-length: \(sentence.utf8.count + 1)\r\n\r\n"
                    + sentence + "\n")
        }
    }

    private let rpcs: [String: RPC]
    private let settings: Settings
    private let logger: Logger
    private let onRunning: @Sendable (Int) -> Void
    private let onConnection: @Sendable (Connection) -> Void
    private let onStopping: @Sendable () -> Void

    /// - Parameters:
    ///   - onRunning: told the port as soon as calls are taken.
    ///   - onConnection: told each connection, on its event loop.
    ///   - onStopping: told when no new calls are taken: open streams are to be ended.
    package init(
        _ rpcs: [RPC], settings: Settings, logger: Logger,
        onRunning: @escaping @Sendable (Int) -> Void = { _ in },
        onConnection: @escaping @Sendable (Connection) -> Void = { _ in },
        onStopping: @escaping @Sendable () -> Void = {}
    ) {
        let all = rpcs + [HealthCheck.rpc(settings.isServing)]
        self.rpcs = Dictionary(all.map { ($0.path, $0) }) { first, _ in first }
        self.settings = settings
        self.logger = logger
        self.onRunning = onRunning
        self.onConnection = onConnection
        self.onStopping = onStopping
    }

    /// Serves until it is asked to stop, and until what was asked before is answered.
    package func run() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loopLife = LoopLife(group)
        defer { withExtendedLifetime(loopLife) {} }
        let connections = OpenConnections()
        let channel: any Channel
        do {
            channel = try await bind(group, connections, loopLife)
        } catch {
            throw ListenFailure(error)
        }
        onRunning(channel.localAddress?.port ?? settings.port)
        await withGracefulShutdownHandler {
            await withTaskCancellationHandler {
                // Its error says only that it is closed.
                do { try await channel.closeFuture.get() } catch {}
                onStopping()
                connections.drain()
                await connections.allClosed()
            } onCancel: {
                channel.close(promise: nil)
                connections.cut()
            }
        } onGracefulShutdown: {
            channel.close(promise: nil)
        }
    }

    private func bind(
        _ group: MultiThreadedEventLoopGroup, _ connections: OpenConnections, _ loopLife: LoopLife
    ) async throws -> any Channel {
        let (settings, logger) = (settings, logger)
        let held = HeldBytes(settings.limits)
        let refused = RefusedConnections()
        let reads = AdaptiveRecvByteBufferAllocator(
            minimum: min(1_024, settings.limits.readBytesMax), initial: min(4_096, settings.limits.readBytesMax),
            maximum: settings.limits.readBytesMax)
        return try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1_024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            // Calls of a few bytes come by the hundred in one read: after it, it is the others' turn.
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(.recvAllocator, value: reads)
            .childChannelInitializer { channel in
                guard let seat = settings.seat() else {
                    if let count = refused.note(at: channel.eventLoop.now) {
                        logger.warning(
                            "connections are refused: as many are open as may be", metadata: ["refused": "\(count)"])
                    }
                    return channel.close()
                }
                connections.add(channel)
                channel.closeFuture.whenComplete { _ in seat.leave() }
                return channel.eventLoop.makeCompletedFuture {
                    try serve(channel, on: seat, held) { connection in
                        connection.keep(loopLife)
                        connections.note(connection, of: channel)
                    }
                }
            }
            .bind(host: settings.host, port: settings.port).get()
    }

    /// Serves over connections that are there already, as tests have them.
    package func serve(_ channels: [any Channel]) throws {
        let held = HeldBytes(settings.limits)
        for channel in channels { try serve(channel, on: FreeSeat(), held) { _ in } }
    }

    private func serve(
        _ channel: any Channel, on seat: any Seat, _ held: HeldBytes, note: @escaping (Connection) -> Void
    ) throws {
        let (rpcs, settings, onConnection) = (rpcs, settings, onConnection)
        try channel.pipeline.syncOperations.addHandler(
            FirstBytes(settings) { pipeline in
                try pipeline.addHandlers([
                    NIOHTTP2Handler.serving(settings.limits),
                    ConnectionHandler(rpcs, settings.limits, held, seat) { connection in
                        note(connection)
                        onConnection(connection)
                    },
                ])
            })
    }
}

/// Connections that were refused, told of once a minute.
private final class RefusedConnections: Sendable {
    private static let every = TimeAmount.minutes(1)

    private let state = Mutex((count: 0, toldAt: NIODeadline?.none))

    /// Counts one; how many there were since this was said last, when it is time to say it.
    func note(at now: NIODeadline) -> Int? {
        state.withLock { state in
            state.count += 1
            if let toldAt = state.toldAt, now - toldAt < Self.every { return nil }
            defer { state = (0, now) }
            return state.count
        }
    }
}

/// What the first bytes of a connection come to in a protocol that is known and not served.
package enum OtherProtocol: Equatable, Sendable {
    /// More of them are needed.
    case more
    case answer(ByteBuffer)
    /// They are none of it.
    case unknown
}

/// Why a server does not listen at its address.
package struct ListenFailure: Error {
    /// Whether another program listens there.
    package let isTaken: Bool
    /// In the words of the system.
    package let why: String

    init(_ error: any Error) {
        guard let error = error as? IOError else {
            isTaken = false
            why = "\(error)"
            return
        }
        isTaken = error.errnoCode == EADDRINUSE
        why = String(cString: strerror(error.errnoCode))
    }
}

/// The connections of a server that are open.
private final class OpenConnections: Sendable {
    private struct State {
        var open: [ObjectIdentifier: (channel: any Channel, connection: Connection?)] = [:]
        var isDraining = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    func add(_ channel: any Channel) {
        let key = ObjectIdentifier(channel)
        state.withLock { $0.open[key] = (channel, nil) }
        channel.closeFuture.whenComplete { _ in self.remove(key) }
    }

    func note(_ connection: Connection, of channel: any Channel) {
        let isDraining = state.withLock { state in
            state.open[ObjectIdentifier(channel)]?.connection = connection
            return state.isDraining
        }
        if isDraining { connection.drain() }
    }

    /// Connections that have said nothing yet are closed; the others take no new calls.
    func drain() {
        let open = state.withLock { state in
            state.isDraining = true
            return Array(state.open.values)
        }
        for (channel, connection) in open {
            if let connection { connection.drain() } else { channel.close(promise: nil) }
        }
    }

    func cut() {
        let open = state.withLock { state in Array(state.open.values) }
        for (channel, _) in open { channel.close(promise: nil) }
    }

    func allClosed() async {
        await withCheckedContinuation { continuation in
            let isEmpty = state.withLock { state in
                if !state.open.isEmpty { state.waiting.append(continuation) }
                return state.open.isEmpty
            }
            if isEmpty { continuation.resume() }
        }
    }

    private func remove(_ key: ObjectIdentifier) {
        let waiting = state.withLock { state in
            state.open[key] = nil
            guard state.open.isEmpty else { return [CheckedContinuation<Void, Never>]() }
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}
