import HTTPTypes
package import NIOCore
package import NIOHTTPTypes

/// What every connection has between its codec and its requests, and every stream of HTTP/2, in one handler: each part
/// of a request and of an answer is unwrapped once for all of them.
///
///     request ──► seat ──► deadline of its body ──► idle time ──► requests
///     answer  ◄── seat ◄── deadline ◄── what is no request ◄── idle time ◄──┘
package final class ConnectionGuards: ChannelDuplexHandler, RemovableChannelHandler {
    package typealias InboundIn = HTTPRequestPart
    package typealias InboundOut = HTTPRequestPart
    package typealias OutboundIn = HTTPResponsePart
    package typealias OutboundOut = HTTPResponsePart

    private let seat: SeatCheck
    private let deadline: RequestDeadline
    private let errors: ParseErrors
    private let idle = IdleConnection()

    package init(_ early: EarlyAnswers) {
        seat = SeatCheck(early)
        deadline = RequestDeadline(early)
        errors = ParseErrors(early)
    }

    package func handlerAdded(context: ChannelHandlerContext) {
        seat.handlerAdded(context: context)
        idle.handlerAdded(context: context)
    }

    package func handlerRemoved(context: ChannelHandlerContext) {
        deadline.handlerRemoved(context: context)
        idle.handlerRemoved(context: context)
    }

    package func channelActive(context: ChannelHandlerContext) {
        idle.begin(context)
        context.fireChannelActive()
    }

    package func channelInactive(context: ChannelHandlerContext) {
        deadline.end()
        idle.end()
        context.fireChannelInactive()
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        guard seat.takes(part, context) else { return }
        deadline.reads(part, context)
        idle.reads(part, context)
        context.fireChannelRead(data)
    }

    package func channelReadComplete(context: ChannelHandlerContext) {
        deadline.schedule(context)
        context.fireChannelReadComplete()
    }

    package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let part = unwrapOutboundIn(data)
        idle.writes(part, context)
        switch errors.way(of: part) {
        case .passedOver: promise?.succeed(())
        case .replaced(let head, let body):
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            context.write(wrapOutboundOut(.body(body)), promise: promise)
        case .asItIs:
            deadline.writes(part)
            seat.writes(part)
            context.write(data, promise: promise)
        }
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        errors.caught(error)
        context.fireErrorCaught(error)
    }
}
