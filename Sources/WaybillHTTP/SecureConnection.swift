package import NIOCore
import NIOTLS

/// Ends a connection with TLS that does not come to requests, or whose client has gone without a word.
///
///     connected ──10 s without the end of the handshake──► close
///     HTTP/2 ──60 s without a byte from the client, which is pinged, or 30 s in which it takes none──► close
///
/// On HTTP/1.1 ``IdleConnection`` does it.
package final class SecureConnection: ChannelInboundHandler, RemovableChannelHandler {
    package typealias InboundIn = ByteBuffer
    package typealias InboundOut = ByteBuffer

    private static let handshakeMax = TimeAmount.seconds(HTTPSettings.handshakeSecondsMax)
    private static let silenceMax = TimeAmount.seconds(2 * HTTPSettings.idleSecondsMax)
    private static let stallMax = TimeAmount.seconds(HTTPSettings.idleSecondsMax)
    private static let lookEvery = TimeAmount.seconds(HTTPSettings.idleSecondsMax / 3)

    private enum Phase {
        case handshake
        case http1
        case http2
    }

    private var phase = Phase.handshake
    private var lastRead = NIODeadline.uptimeNanoseconds(0)
    /// The bytes that the client had still to take at the last look, and since when there have been as many.
    private var waiting = 0
    private var lastTaken = NIODeadline.uptimeNanoseconds(0)
    private var look: Scheduled<Void>?

    package init() {}

    package func handlerAdded(context: ChannelHandlerContext) { schedule(context, in: Self.handshakeMax) }

    package func handlerRemoved(context: ChannelHandlerContext) { end() }

    package func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        lastRead = context.eventLoop.now
        context.fireChannelRead(data)
    }

    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted(let version)? = event as? TLSUserEvent {
            end()
            phase = version == "h2" ? .http2 : .http1
            if phase == .http2 {
                lastRead = context.eventLoop.now
                lastTaken = context.eventLoop.now
                schedule(context, in: Self.lookEvery)
            }
        } else if event is ChannelShouldQuiesceEvent, phase == .handshake {
            // A server that stops does not wait for the first request of a connection.
            context.close(promise: nil)
        }
        context.fireUserInboundEventTriggered(event)
    }

    private func end() {
        look?.cancel()
        look = nil
    }

    private func schedule(_ context: ChannelHandlerContext, in time: TimeAmount) {
        look = context.eventLoop.assumeIsolated().scheduleTask(in: time) { [self] in
            look = nil
            lookAt(context)
        }
    }

    private func lookAt(_ context: ChannelHandlerContext) {
        switch phase {
        case .handshake: context.close(promise: nil)
        case .http1: return
        case .http2:
            let now = context.eventLoop.now
            let waiting = UntakenBytes.ofSocket(context.channel)
            if waiting == 0 || waiting != self.waiting { lastTaken = now }
            self.waiting = waiting
            guard now - lastRead < Self.silenceMax, now - lastTaken < Self.stallMax else {
                return context.close(promise: nil)
            }
            schedule(context, in: Self.lookEvery)
        }
    }
}
