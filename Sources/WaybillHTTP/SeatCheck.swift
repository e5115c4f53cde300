import HTTPTypes
import NIOCore
import NIOHTTPTypes
import WaybillAPI

/// Refuses requests of a connection for which there is no place, and ends it. A part of ``ConnectionGuards``.
final class SeatCheck {

    /// How long the client has to read why, before the connection ends.
    private static let endMax = TimeAmount.seconds(1)

    private let early: EarlyAnswers
    private var seat: ConnectionSeat?
    /// Requests whose answers are not written yet: theirs go first.
    private var inWork = 0
    private var isRefused = false

    init(_ early: EarlyAnswers) { self.early = early }

    func handlerAdded(context: ChannelHandlerContext) { seat = ConnectionSeat.of(context.channel) }

    /// Whether a part of a request is handed on.
    func takes(_ part: HTTPRequestPart, _ context: ChannelHandlerContext) -> Bool {
        // What comes after it is not read, but taken: a connection with unread bytes ends without its last answer.
        guard !isRefused else { return false }
        guard let seat, case .head(let request) = part else { return true }
        inWork += 1
        guard inWork == 1, let problem = seat.problem(for: request.headerFields[.authorization], early.caller)
        else { return true }
        refuse(problem, context)
        return false
    }

    private func refuse(_ problem: Problem, _ context: ChannelHandlerContext) {
        isRefused = true
        let (head, body) = early.answer(problem)
        context.write(NIOAny(HTTPResponsePart.head(head)), promise: nil)
        context.write(NIOAny(HTTPResponsePart.body(body)), promise: nil)
        context.writeAndFlush(NIOAny(HTTPResponsePart.end(nil)), promise: nil)
        if HTTP2Stream.of(context.channel) != nil {
            context.channel.parent?.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        } else {
            context.close(mode: .output, promise: nil)
        }
        context.eventLoop.assumeIsolated().scheduleTask(in: Self.endMax) { context.close(promise: nil) }
    }

    func writes(_ part: HTTPResponsePart) { if case .end = part { inWork = max(0, inWork - 1) } }
}
