package import NIOCore
package import NIOHTTPTypes

/// Closes a connection on which nothing happens for too long: no request comes and none is in work, or its client takes
/// nothing of an answer. A client that reads slowly, but reads, keeps it.
///
///     connected, answered ──30 s without a request──► close
///     an answer waits to be taken ──30 s without a byte of it──► close
package final class IdleConnection: ChannelDuplexHandler, RemovableChannelHandler {
    package typealias InboundIn = HTTPRequestPart
    package typealias InboundOut = HTTPRequestPart
    package typealias OutboundIn = HTTPResponsePart
    package typealias OutboundOut = HTTPResponsePart

    private static let idleMax = TimeAmount.seconds(HTTPSettings.idleSecondsMax)
    /// Between two looks at how much of an answer is still to be taken.
    private static let lookEvery = TimeAmount.seconds(HTTPSettings.idleSecondsMax / 6)

    /// Requests whose answers are not written yet.
    private var inWork = 0
    /// When something last happened: the beginning, a request, an answer, a byte that was taken.
    private var last = NIODeadline.uptimeNanoseconds(0)
    /// Bytes of answers that were still to be taken at the last look.
    private var waiting = 0
    private var look: Scheduled<Void>?

    package init() {}

    package func handlerAdded(context: ChannelHandlerContext) { if context.channel.isActive { begin(context) } }

    package func channelActive(context: ChannelHandlerContext) {
        begin(context)
        context.fireChannelActive()
    }

    package func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    func end() {
        look?.cancel()
        look = nil
    }

    package func handlerRemoved(context: ChannelHandlerContext) { look?.cancel() }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        reads(unwrapInboundIn(data), context)
        context.fireChannelRead(data)
    }

    func reads(_ part: HTTPRequestPart, _ context: ChannelHandlerContext) {
        if case .head = part { inWork += 1 }
        last = context.eventLoop.now
    }

    package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        writes(unwrapOutboundIn(data), context)
        context.write(data, promise: promise)
    }

    func writes(_ part: HTTPResponsePart, _ context: ChannelHandlerContext) {
        guard case .end = part else { return }
        // Bytes that are no request are answered too, and none was in work.
        inWork = max(0, inWork - 1)
        last = context.eventLoop.now
    }

    func begin(_ context: ChannelHandlerContext) {
        guard look == nil else { return }
        last = context.eventLoop.now
        schedule(context, in: Self.idleMax)
    }

    private func schedule(_ context: ChannelHandlerContext, in time: TimeAmount) {
        look = context.eventLoop.assumeIsolated().scheduleTask(in: time) { [self] in
            look = nil
            lookAt(context)
        }
    }

    private func lookAt(_ context: ChannelHandlerContext) {
        let now = context.eventLoop.now
        let waiting = UntakenBytes.of(context.channel)
        if waiting != self.waiting { last = now }
        self.waiting = waiting
        // What is in work takes its time, unless its client does not take what is there of the answer.
        let isIdle = waiting > 0 || inWork == 0
        if isIdle, now - last >= Self.idleMax { return context.close(promise: nil) }
        schedule(context, in: waiting > 0 ? Self.lookEvery : isIdle ? last + Self.idleMax - now : Self.idleMax)
    }
}
