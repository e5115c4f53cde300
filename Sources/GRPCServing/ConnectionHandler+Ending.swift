import NIOCore
import NIOHPACK
import NIOHTTP2

/// How a connection ends: by an error, by what its client does, by its silence, or because the server stops.
extension ConnectionHandler {
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        // Of one call; all else ends the connection, which was told so already.
        case is NIOHTTP2Errors.NoSuchStream, is NIOHTTP2Errors.StreamClosed, is NIOHTTP2Errors.StreamError: break
        default: context.close(promise: nil)
        }
    }

    func endForHabit(_ why: String) {
        let debug = ByteBuffer(string: why)
        write(.rootStream, .goAway(lastStreamID: lastStream, errorCode: .enhanceYourCalm, opaqueData: debug))
        flush()
        context?.close(promise: nil)
    }

    func scheduleLook() {
        look = context?.eventLoop.assumeIsolated().scheduleTask(in: limits.silenceMax) { [self] in
            guard let context else { return }
            switch habits.look(at: context.eventLoop.now, hasCalls: !calls.isEmpty) {
            case .fine: break
            case .ping:
                write(.rootStream, .ping(HTTP2PingData(withInteger: Habits.pingMark), ack: false))
                flushSoon()
            case .silent: return cut()
            case .idle: drain()
            }
            scheduleLook()
        }
    }

    /// Tells the client that the connection ends, and with which call: it asks again elsewhere what came later.
    ///
    /// NIO takes no frame any more once no call is open, so nothing is asked of the client in between.
    func drain() {
        guard draining == .no, context != nil else { return }
        draining = .ending
        write(.rootStream, .goAway(lastStreamID: lastStream, errorCode: .noError, opaqueData: nil))
        flush()
        endIfDrained()
    }

    /// Ends our side when the last call has ended. A connection that is closed whole, with bytes of its client unread,
    /// would take from it what it has not read.
    func endIfDrained() {
        guard draining == .ending, calls.isEmpty, let context else { return }
        draining = .ended
        flush()
        context.close(mode: .output, promise: nil)
        _ = context.eventLoop.assumeIsolated().scheduleTask(in: .seconds(1)) { [self] in cut() }
    }

    func cut() { context?.close(promise: nil) }
}
