import NIOCore
import NIOHTTP2

/// Looks at the first bytes of a connection, and makes of it what they say.
///
/// | seen | done |
/// |---|---|
/// | `PRI * HTTP/2.0` | HTTP/2 |
/// | a request of HTTP/1 | one answer that says what is spoken here |
/// | what ``GRPCServer/Settings/stranger`` knows | its answer |
/// | anything else | closed |
final class FirstBytes: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let settings: GRPCServer.Settings
    private let serve: (ChannelPipeline.SynchronousOperations) throws -> Void
    private var bytes = ByteBuffer()
    private var isDecided = false
    private var limit: Scheduled<Void>?

    /// - Parameter serve: puts what speaks HTTP/2 into the connection.
    init(
        _ settings: GRPCServer.Settings, serve: @escaping (ChannelPipeline.SynchronousOperations) throws -> Void
    ) {
        self.settings = settings
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
        switch FirstBytesVerdict(bytes.readableBytesView, settings.stranger) {
        case .more: return
        case .http2: speakHTTP2(context)
        case .http1: answer(context, settings.toHTTP1)
        case .stranger(let answer): self.answer(context, answer)
        case .unknown:
            isDecided = true
            context.close(promise: nil)
        }
    }

    private func speakHTTP2(_ context: ChannelHandlerContext) {
        isDecided = true
        do {
            try serve(context.pipeline.syncOperations)
        } catch {
            return context.close(promise: nil)
        }
        context.fireChannelRead(wrapInboundOut(bytes))
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }

    private func answer(_ context: ChannelHandlerContext, _ answer: ByteBuffer) {
        isDecided = true
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(answer)).whenComplete { _ in channel.close(promise: nil) }
    }
}

/// What the first bytes of a connection say.
enum FirstBytesVerdict: Equatable {
    /// Too few to tell.
    case more
    case http2
    case http1
    /// A protocol that is known and not served, with what it is answered.
    case stranger(ByteBuffer)
    case unknown

    /// No more bytes than these are looked at.
    static let bytesMax = 64
    private static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
    private static let verbs = [
        "GET ", "POST ", "PUT ", "HEAD ", "DELETE ", "OPTIONS ", "PATCH ", "CONNECT ", "TRACE ",
    ]
    .map { Array($0.utf8) }

    /// - Parameter stranger: the answer to another protocol's first bytes; nil: they are none that it knows.
    init(_ bytes: ByteBufferView, _ stranger: (@Sendable ([UInt8]) -> ByteBuffer?)?) {
        let seen = Array(bytes.prefix(Self.bytesMax))
        if seen.starts(with: Self.preface) {
            self = .http2
        } else if Self.preface.starts(with: seen) {
            self = .more
        } else if Self.verbs.contains(where: { seen.starts(with: $0) }) {
            self = .http1
        } else if Self.verbs.contains(where: { $0.starts(with: seen) }) {
            self = .more
        } else if let answer = stranger?(seen) {
            self = .stranger(answer)
        } else {
            self = seen.count < 24 && stranger != nil ? .more : .unknown
        }
    }
}
