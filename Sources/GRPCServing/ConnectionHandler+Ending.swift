import NIOCore
import NIOHPACK
import NIOHTTP2

/// How a connection ends: by an error, by what its client does, by its silence, or because the server stops.
extension ConnectionHandler {
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        // Of one call that is over already.
        case is NIOHTTP2Errors.NoSuchStream, is NIOHTTP2Errors.StreamClosed, is NIOHTTP2Errors.StreamError: break
        // Of one call that NIO has reset for it.
        case _ where hasResetCall: hasResetCall = false
        // Of the connection; its client was told, where it could be.
        default: context.close(promise: nil)
        }
    }

    func endForHabit(_ why: String) {
        let debug = ByteBuffer(string: why)
        write(.rootStream, .goAway(lastStreamID: lastStream, errorCode: .enhanceYourCalm, opaqueData: debug))
        flush()
        context?.close(promise: nil)
    }

    /// How often a connection is looked at, whatever happens.
    var lookEvery: TimeAmount { min(limits.silenceMax, limits.stallMax) }

    func scheduleLook(at time: NIODeadline) {
        look = context?.eventLoop.assumeIsolated().scheduleTask(deadline: time) { [self] in lookAtAll() }
    }

    private func lookAtAll() {
        guard let context else { return }
        let now = context.eventLoop.now
        switch habits.look(at: now, hasCalls: !calls.isEmpty || !unread.isEmpty) {
        case .fine: break
        case .ping:
            write(.rootStream, .ping(HTTP2PingData(withInteger: Habits.pingMark), ack: false))
            flushSoon()
        case .silent: return cut()
        case .idle: drain()
        }
        let next = [endUnsent(at: now), resetUnread(at: now)].compactMap { $0 }.map { $0 + limits.stallMax }
        scheduleLook(at: next.reduce(now + lookEvery, min))
    }

    /// Ends calls of whose requests too little has come for too long; since when the oldest of the others waits.
    private func endUnsent(at now: NIODeadline) -> NIODeadline? {
        var next: NIODeadline?
        for (id, open) in calls where open.machine.isComing || open.unfinishedBytes > 0 {
            if now - open.progressAt >= limits.stallMax {
                perform(.fault(RPCStatus(.unavailable, "the request did not come in time")), on: id, written: nil)
            } else {
                next = min(next ?? open.progressAt, open.progressAt)
            }
        }
        return next
    }

    /// Resets calls whose clients take nothing of their answers; since when the oldest of the others waits.
    private func resetUnread(at now: NIODeadline) -> NIODeadline? {
        let (stalled, next) = unread.stalled(for: limits.stallMax, at: now)
        for (id, isReset) in stalled {
            // It lies in the connection itself, of which the client takes nothing.
            if isReset {
                cut()
                return nil
            }
            unread.reset(id, at: now)
            write(id, .rstStream(.cancel))
            flushSoon()
        }
        hasResetCall = false
        return next
    }

    /// Tells the client that the connection ends, and with which call: it asks again elsewhere what came later.
    ///
    /// NIO takes no frame any more once no call is open, so nothing is asked of the client in between.
    func drain() {
        guard draining == .no, context != nil else { return }
        draining = .ending
        write(.rootStream, .goAway(lastStreamID: lastStream, errorCode: .noError, opaqueData: nil))
        flush()
        // Nothing works yet for a request that has not come whole.
        for (id, open) in calls where open.machine.isComing {
            perform(.fault(RPCStatus(.unavailable, "the server stops")), on: id, written: nil)
        }
        endIfDrained()
    }

    /// Ends our side when the last call has ended and its answer is with the client. A connection that is closed whole,
    /// with bytes of its client unread, would take from it what it has not read.
    func endIfDrained() {
        guard draining == .ending, calls.isEmpty, unread.isEmpty, let context else { return }
        draining = .ended
        flush()
        context.close(mode: .output, promise: nil)
        _ = context.eventLoop.assumeIsolated().scheduleTask(in: .seconds(1)) { [self] in cut() }
    }

    func cut() { context?.close(promise: nil) }
}
