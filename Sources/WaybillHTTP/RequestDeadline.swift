import HTTPTypes
package import NIOCore
package import NIOHTTPTypes
import WaybillAPI

/// Ends a request whose body comes too slowly: 408, and the connection closes.
///
///     head ──► the time begins ──► end: it is over
///                    │ 10 s and 1 s for each 64 KiB
///                    └──► 408, close
package final class RequestDeadline: ChannelDuplexHandler, RemovableChannelHandler {
    package typealias InboundIn = HTTPRequestPart
    package typealias InboundOut = HTTPRequestPart
    package typealias OutboundIn = HTTPResponsePart
    package typealias OutboundOut = HTTPResponsePart

    private static let bytesPerSecond = 64 * 1_024
    /// How long it waits for the answers to earlier requests, which go first.
    private static let patience = TimeAmount.seconds(1)

    private let early: EarlyAnswers
    /// Requests whose answers are not written yet, the slow one among them.
    private var unanswered = 0
    /// By when the body must be there; nil: none is on its way.
    private var deadline: NIODeadline?
    /// One for a connection: it looks again when a later request has moved the deadline.
    private var check: Scheduled<Void>?

    package init(_ early: EarlyAnswers) { self.early = early }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        reads(unwrapInboundIn(data), context)
        context.fireChannelRead(data)
    }

    func reads(_ part: HTTPRequestPart, _ context: ChannelHandlerContext) {
        switch part {
        case .head:
            unanswered += 1
            deadline = context.eventLoop.now + .seconds(HTTPSettings.bodySecondsMax)
        case .body(let buffer):
            let more = TimeAmount.milliseconds(Int64(buffer.readableBytes) * 1_000 / Int64(Self.bytesPerSecond))
            deadline = deadline.map { $0 + more }
        case .end: deadline = nil
        }
    }

    package func channelReadComplete(context: ChannelHandlerContext) {
        schedule(context)
        context.fireChannelReadComplete()
    }

    package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        writes(unwrapOutboundIn(data))
        context.write(data, promise: promise)
    }

    func writes(_ part: HTTPResponsePart) { if case .end = part { unanswered -= 1 } }

    package func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    func end() {
        check?.cancel()
        check = nil
    }

    package func handlerRemoved(context: ChannelHandlerContext) { check?.cancel() }

    /// After what has come at once: a request that comes whole needs no timer.
    func schedule(_ context: ChannelHandlerContext) {
        guard check == nil, let deadline else { return }
        check = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { [self] in
            check = nil
            look(context)
        }
    }

    private func look(_ context: ChannelHandlerContext) {
        guard let deadline else { return }
        guard context.eventLoop.now >= deadline else { return schedule(context) }
        guard unanswered <= 1 else {
            self.deadline = context.eventLoop.now + Self.patience
            return schedule(context)
        }
        // A refused request may be answered before it has come whole.
        if unanswered == 1 {
            let (head, body) = early.answer(Problem(.requestTimeout, "the body of the request came too slowly"))
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            context.write(wrapOutboundOut(.body(body)), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
        context.close(promise: nil)
    }
}
