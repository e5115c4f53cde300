import NIOCore
import NIOHTTP2
import NIOSSL

/// Looks at the first bytes of a connection, and makes of it what they say.
///
/// | seen | done |
/// |---|---|
/// | the record of a handshake | TLS, and what comes out of it is looked at in the same way |
/// | `PRI * HTTP/2.0` | HTTP/2; without TLS only where that may be |
/// | a request of HTTP/1 | one answer that says what is spoken here |
/// | what ``GRPCServer/Settings/otherProtocol`` knows | its answer |
/// | anything else | closed |
final class FirstBytes: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let settings: GRPCServer.Settings
    /// Whether these are bytes that came with TLS.
    private let isSecure: Bool
    private let serve: (ChannelPipeline.SynchronousOperations) throws -> Void
    private var bytes = ByteBuffer()
    private var isDecided = false
    private var limit: Scheduled<Void>?

    /// - Parameter serve: puts what speaks HTTP/2 into the connection.
    init(
        _ settings: GRPCServer.Settings, isSecure: Bool = false,
        serve: @escaping (ChannelPipeline.SynchronousOperations) throws -> Void
    ) {
        self.settings = settings
        self.isSecure = isSecure
        self.serve = serve
    }

    func handlerAdded(context: ChannelHandlerContext) {
        limit = context.eventLoop.assumeIsolated().scheduleTask(in: settings.limits.firstBytesWithin) {
            context.close(promise: nil)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) { limit?.cancel() }

    func channelInactive(context: ChannelHandlerContext) {
        limit?.cancel()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var data = unwrapInboundIn(data)
        guard !isDecided else { return }
        bytes.writeBuffer(&data)
        switch FirstBytesVerdict(bytes.readableBytesView, settings.otherProtocol) {
        case .more: return
        case .tls where settings.tls != nil && !isSecure:
            become(context) { handlers in
                guard let tls = self.settings.tls else { return }
                try handlers.addHandlers([
                    NIOSSLServerHandler(context: tls()),
                    FirstBytes(self.settings, isSecure: true, serve: self.serve),
                ])
            }
        case .http2 where isSecure || settings.isPlain: become(context, serve)
        case .http1: answer(context, settings.toHTTP1)
        case .other(let answer): self.answer(context, answer)
        case .http2, .tls, .unknown:
            isDecided = true
            context.close(promise: nil)
        }
    }

    /// What the connection is from now on stands behind this, which goes.
    private func become(
        _ context: ChannelHandlerContext, _ handlers: (ChannelPipeline.SynchronousOperations) throws -> Void
    ) {
        isDecided = true
        do {
            try handlers(context.pipeline.syncOperations)
        } catch {
            return context.close(promise: nil)
        }
        context.fireChannelRead(wrapInboundOut(bytes))
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }

    /// Answers and ends our side. A connection that is closed whole, with bytes of its client unread, would take the
    /// answer from it; what it still sends is dropped, until it ends its side or its time for first bytes is over.
    private func answer(_ context: ChannelHandlerContext, _ answer: ByteBuffer) {
        isDecided = true
        bytes.clear()
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(answer)).whenComplete { _ in channel.close(mode: .output, promise: nil) }
    }
}

/// What the first bytes of a connection say.
enum FirstBytesVerdict: Equatable {
    /// Too few to tell.
    case more
    /// The handshake of TLS begins.
    case tls
    case http2
    case http1
    /// A protocol that is known and not served, with what it is answered.
    case other(ByteBuffer)
    case unknown

    /// No more bytes than these are looked at; of a protocol that is not served, no more than those.
    static let bytesMax = 64
    static let otherBytesMax = 4 << 10
    /// A record of a handshake, of any version.
    private static let handshake: [UInt8] = [0x16, 0x03]
    private static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
    private static let verbs = [
        "GET ", "POST ", "PUT ", "HEAD ", "DELETE ", "OPTIONS ", "PATCH ", "CONNECT ", "TRACE ",
    ]
    .map { Array($0.utf8) }

    /// - Parameter other: what another protocol's first bytes are answered; nil: none is known.
    init(_ bytes: ByteBufferView, _ other: (@Sendable ([UInt8]) -> OtherProtocol)?) {
        let seen = Array(bytes.prefix(Self.bytesMax))
        if seen.starts(with: Self.preface) {
            self = .http2
        } else if seen.starts(with: Self.handshake) {
            self = .tls
        } else if Self.preface.starts(with: seen) || Self.handshake.starts(with: seen) {
            self = .more
        } else if Self.verbs.contains(where: { seen.starts(with: $0) }) {
            self = .http1
        } else if Self.verbs.contains(where: { $0.starts(with: seen) }) {
            self = .more
        } else {
            switch other?(Array(bytes.prefix(Self.otherBytesMax))) {
            case .more where bytes.count < Self.otherBytesMax: self = .more
            case .answer(let answer): self = .other(answer)
            case .more, .unknown, nil: self = .unknown
            }
        }
    }
}
