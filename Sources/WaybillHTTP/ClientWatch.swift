import NIOCore
import NIOHTTPTypes
import ServiceLifecycle
import Synchronization
import WaybillAPI
import WaybillAccess
import WaybillCore

/// Tells a long poll that its client has gone, so that no messages are leased for it.
final class ClientWatch: ChannelInboundHandler, RemovableChannelHandler, Sendable {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart

    private struct State {
        var hasGone = false
        var onGone: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed { tell() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        tell()
        context.fireChannelInactive()
    }

    private func tell() {
        let onGone = state.withLock { state in
            state.hasGone = true
            return state.onGone
        }
        onGone?()
    }

    /// Tells once when the client of a connection goes, or has gone already.
    static func tell(_ channel: any Channel, onGone: @escaping @Sendable () -> Void) async -> ClientWatch? {
        let watch: ClientWatch?
        do { watch = try await channel.pipeline.handler(type: ClientWatch.self).get() } catch { watch = nil }
        let hasGone = watch?.state.withLock { state in
            state.onGone = onGone
            return state.hasGone
        }
        if hasGone ?? !channel.isActive { onGone() }
        return watch
    }

    private var hasGone: Bool { state.withLock { $0.hasGone } }

    func endTelling() { state.withLock { $0.onGone = nil } }

    /// Does something that waits; it is cancelled when the client goes, its token is revoked, or the server stops.
    /// Says too whether the client has gone.
    static func whileConnected<Result: Sendable>(
        _ channel: any Channel, _ served: Served, token: Text?, _ body: @escaping @Sendable () async -> Result
    ) async -> (result: Result, hasGone: Bool) {
        let task = Task { await body() }
        let poll = token.map { token in (token: token, number: served.polls.add(of: token) { task.cancel() }) }
        defer { if let poll { served.polls.remove(poll.number, of: poll.token) } }
        // It may have been revoked before the wait was noted.
        if let token, !served.tokens.stands(token, at: served.book.now) { task.cancel() }
        let watch = await tell(channel) { task.cancel() }
        let result = await withGracefulShutdownHandler {
            await withTaskCancellationHandler {
                await task.value
            } onCancel: {
                task.cancel()
            }
        } onGracefulShutdown: {
            task.cancel()
        }
        watch?.endTelling()
        return (result, watch?.hasGone ?? !channel.isActive)
    }
}
