import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP2
import NIOHTTPTypes
import NIOHTTPTypesHTTP2
import NIOSSL

/// A connection with TLS: HTTP/2 or HTTP/1.1, as its client asks for during the handshake.
///
/// ```
/// socket ── TLS ── SecureConnection ──┬── HTTP/1.1: as without TLS
///                                     └── HTTP/2 ── pings ── RulesOfHTTP2
///                                            └── its streams, up to 100, each with one request:
///                                                codec ── HTTP2Stream ── the guards of a connection
/// ```
struct SecureChannel: ServerChildChannel {
    typealias Exchange = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>
    typealias Streams = NIOHTTP2Handler.AsyncStreamMultiplexer<Exchange>

    /// A connection whose version of HTTP is known after its handshake.
    struct Value: ServerChildChannelValue {
        let version: EventLoopFuture<NIONegotiatedHTTPVersion<Exchange, Streams>>
        let channel: any Channel
    }

    private let certificates: Certificates
    private let early: EarlyAnswers
    private let http1: HTTP1Channel

    /// - Parameter http1: what requests of both versions are answered by.
    init(_ certificates: Certificates, _ early: EarlyAnswers, http1: HTTP1Channel) {
        self.certificates = certificates
        self.early = early
        self.http1 = http1
    }

    /// The end of a connection that the server wants to end: a stream that goes on is cut after this.
    private static let endMax = TimeAmount.seconds(5)
    /// A client that is there answers a ping; ``SecureConnection`` ends the connection of one that does not.
    private static let keepalive = NIOHTTP2ServerConnectionManagementHandler.Configuration.Keepalive(
        pingInterval: .seconds(20), ackTimeout: .seconds(20))

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let handlers = channel.pipeline.syncOperations
            try handlers.addHandler(NIOSSLServerHandler(context: certificates.context))
            try handlers.addHandler(SecureConnection())
        }.flatMap { [http1, early] in
            channel.configureHTTP2AsyncSecureUpgrade(
                http1ConnectionInitializer: { http1.setup(channel: $0, logger: logger) },
                http2ConnectionInitializer: { channel in
                    channel.eventLoop.makeCompletedFuture { try Self.streams(of: channel, early) }
                })
        }.map { Value(version: $0, channel: channel) }
    }

    private static func streams(of channel: any Channel, _ early: EarlyAnswers) throws -> Streams {
        let handlers = channel.pipeline.syncOperations
        let manager = NIOHTTP2ServerConnectionManagementHandler(
            eventLoop: channel.eventLoop,
            configuration: NIOHTTP2ServerConnectionManagementHandler.Configuration(
                maxIdleTime: .seconds(HTTPSettings.idleSecondsMax), maxAge: nil, maxGraceTime: endMax,
                keepalive: keepalive))
        let farewell = FarewellWatch()
        try handlers.addHandler(farewell)
        let streams = try handlers.configureAsyncHTTP2Pipeline(
            mode: .server, streamDelegate: manager.http2StreamDelegate, configuration: HTTP2Stream.settings
        ) { stream in
            stream.eventLoop.makeCompletedFuture {
                let handlers = stream.pipeline.syncOperations
                try handlers.addHandler(HTTP2FramePayloadToHTTPServerCodec())
                try handlers.addHandler(HTTP2Stream(early))
                try handlers.addHandlers(HTTPFace.guards(early))
                return try Exchange(wrappingChannelSynchronously: stream)
            }
        }
        try handlers.addHandler(manager)
        try handlers.addHandler(RulesOfHTTP2(farewell))
        // The connection became active before its version was known: its time begins now.
        manager.channelActive(context: try handlers.context(handler: manager))
        return streams
    }

    func handle(value: Value, logger: Logger) async {
        do {
            switch try await value.version.get() {
            case .http1_1(let connection): await http1.handle(value: connection, logger: logger)
            case .http2(let streams):
                try await withThrowingDiscardingTaskGroup { group in
                    for try await stream in streams.inbound {
                        group.addTask { [http1] in await http1.handleHTTP(asyncChannel: stream, logger: logger) }
                    }
                }
            }
        } catch {
            logger.debug("a connection with TLS has ended: \(error)")
        }
    }
}
