import HTTPTypes
package import NIOCore
import NIOHTTP2
package import NIOHTTPTypes
import NIOHTTPTypesHTTP2
import WaybillAPI

/// Makes of a stream of HTTP/2 what the other handlers know of a connection of HTTP/1.1.
///
/// - Its host is told once, as `:authority`, or as the header of its name.
/// - A request with too many header fields is refused here, as the parser of HTTP/1.1 does it.
/// - No answer has a header field that speaks of the connection, which HTTP/2 forbids.
/// - Bodies are written in pieces, so that is seen whether the client takes them.
/// - The client of a request that was refused before it came whole is told to send no more, without an error.
package final class HTTP2Stream: ChannelDuplexHandler, RemovableChannelHandler {
    package typealias InboundIn = HTTPRequestPart
    package typealias InboundOut = HTTPRequestPart
    package typealias OutboundIn = HTTPResponsePart
    package typealias OutboundOut = HTTPResponsePart

    /// What is written at a time.
    private static let pieceBytes = 16 * 1_024

    private let early: EarlyAnswers
    /// Bytes of the answer that the client has not taken yet.
    private(set) var untakenBytes = 0
    private var isRequestWhole = false
    private var isAnswered = false
    /// Whether its request is refused here: nothing more of it is handed on.
    private var isRefused = false

    package init(_ early: EarlyAnswers) { self.early = early }

    /// The handler of a stream; nil: the channel is a connection. On the event loop.
    static func of(_ channel: any Channel) -> HTTP2Stream? {
        do { return try channel.pipeline.syncOperations.handler(type: HTTP2Stream.self) } catch { return nil }
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isRefused else { return }
        switch unwrapInboundIn(data) {
        case .head(var request):
            // With the one that HTTP/1.1 has for the host.
            guard request.headerFields.count < HTTPSettings.headerFieldsMax else { return refuse(context) }
            Self.nameHostOnce(&request)
            context.fireChannelRead(wrapInboundOut(.head(request)))
        case .body: context.fireChannelRead(data)
        case .end:
            isRequestWhole = true
            context.fireChannelRead(data)
        }
    }

    private static func nameHostOnce(_ request: inout HTTPRequest) {
        guard let name = HTTPField.Name("host") else { return }
        let hosts = request.headerFields[values: name]
        if request.authority == nil, hosts.count == 1 { request.authority = hosts[0] }
        // Another one stays, and is refused as a second one is on HTTP/1.1.
        if hosts.allSatisfy({ $0 == request.authority }) { request.headerFields[name] = nil }
    }

    private func refuse(_ context: ChannelHandlerContext) {
        isRefused = true
        let (head, body) = early.answer(.headersTooLarge)
        write(context: context, data: wrapOutboundOut(.head(head)), promise: nil)
        write(context: context, data: wrapOutboundOut(.body(body)), promise: nil)
        write(context: context, data: wrapOutboundOut(.end(nil)), promise: nil)
        context.flush()
        close(context: context, mode: .all, promise: nil)
    }

    package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var response):
            response.headerFields[.connection] = nil
            context.write(wrapOutboundOut(.head(response)), promise: promise)
        case .body(var buffer):
            while buffer.readableBytes > Self.pieceBytes, let piece = buffer.readSlice(length: Self.pieceBytes) {
                writePiece(piece, nil, context)
            }
            writePiece(buffer, promise, context)
        case .end:
            isAnswered = true
            context.write(data, promise: promise)
        }
    }

    private func writePiece(_ piece: ByteBuffer, _ promise: EventLoopPromise<Void>?, _ context: ChannelHandlerContext) {
        let count = piece.readableBytes
        untakenBytes += count
        let taken = context.eventLoop.makePromise(of: Void.self)
        taken.futureResult.assumeIsolated().whenComplete { [self] _ in untakenBytes -= count }
        taken.futureResult.cascade(to: promise)
        context.write(wrapOutboundOut(.body(piece)), promise: taken)
    }

    package func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        if isAnswered, !isRequestWhole {
            let end = NIOHTTP2FramePayloadToHTTPEvent.reset(code: .noError)
            context.triggerUserOutboundEvent(end, promise: nil)
        }
        context.close(mode: mode, promise: promise)
    }

    /// How connections speak HTTP/2: as many streams as may be open, and header fields as long as on HTTP/1.1.
    static let settings: NIOHTTP2Handler.Configuration = {
        var settings = NIOHTTP2Handler.Configuration()
        settings.connection.initialSettings = [
            HTTP2Setting(parameter: .maxConcurrentStreams, value: HTTPSettings.streamsMax),
            HTTP2Setting(parameter: .maxHeaderListSize, value: HTTPSettings.headerBytesMax),
        ]
        return settings
    }()
}
