import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Ends a request whose body comes too slowly: 408, and the connection closes.
///
///     head ──► the time begins ──► end: it is over
///                    │ 10 s and 1 s for each 64 KiB
///                    └──► 408, close
final class RequestDeadline: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundOut = HTTPResponsePart

    private static let bytesPerSecond = 64 * 1_024

    /// By when the body must be there; nil: none is on its way.
    private var deadline: NIODeadline?
    /// One for a connection: it looks again when a later request has moved the deadline.
    private var check: Scheduled<Void>?

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            deadline = context.eventLoop.now + .seconds(HTTPSettings.bodySecondsMax)
            schedule(context)
        case .body(let buffer):
            let more = TimeAmount.milliseconds(Int64(buffer.readableBytes) * 1_000 / Int64(Self.bytesPerSecond))
            deadline = deadline.map { $0 + more }
        case .end: deadline = nil
        }
        context.fireChannelRead(data)
    }

    func channelInactive(context: ChannelHandlerContext) {
        check?.cancel()
        check = nil
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { check?.cancel() }

    private func schedule(_ context: ChannelHandlerContext) {
        guard check == nil, let deadline else { return }
        check = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { [self] in
            check = nil
            look(context)
        }
    }

    private func look(_ context: ChannelHandlerContext) {
        guard let deadline else { return }
        guard context.eventLoop.now >= deadline else { return schedule(context) }
        let head = HTTPResponse(
            status: .requestTimeout, headerFields: [.connection: "close", .contentLength: "0"])
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        context.close(promise: nil)
    }
}
