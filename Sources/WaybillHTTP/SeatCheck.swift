import HTTPTypes
import NIOCore
import NIOHTTPTypes
import WaybillAPI

/// Refuses requests of a connection for which there is no place, and ends it.
final class SeatCheck: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// How long the client has to read why, before the connection ends.
    private static let endMax = TimeAmount.seconds(1)

    private let early: EarlyAnswers
    private var seat: ConnectionSeat?
    /// Requests whose answers are not written yet: theirs go first.
    private var inWork = 0
    private var isRefused = false

    init(_ early: EarlyAnswers) { self.early = early }

    func handlerAdded(context: ChannelHandlerContext) { seat = ConnectionSeat.of(context.channel) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // What comes after it is not read, but taken: a connection with unread bytes ends without its last answer.
        guard !isRefused else { return }
        guard let seat, case .head(let request) = unwrapInboundIn(data) else { return context.fireChannelRead(data) }
        inWork += 1
        guard inWork == 1, let problem = seat.problem(for: request.headerFields[.authorization], early.caller)
        else { return context.fireChannelRead(data) }
        isRefused = true
        let (head, body) = early.answer(problem)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(body)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        if HTTP2Stream.of(context.channel) != nil {
            context.channel.parent?.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        } else {
            context.close(mode: .output, promise: nil)
        }
        context.eventLoop.assumeIsolated().scheduleTask(in: Self.endMax) { context.close(promise: nil) }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) { inWork = max(0, inWork - 1) }
        context.write(data, promise: promise)
    }
}
