import NIOCore
import NIOHTTPTypes
import ServiceLifecycle
import Synchronization

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

    func endTelling() { state.withLock { $0.onGone = nil } }

    /// Does something that waits; it is cancelled when the client goes, or the server stops. Says too whether the
    /// client has gone.
    static func whileConnected<Result: Sendable>(
        _ channel: any Channel, _ body: @escaping @Sendable () async -> Result
    ) async -> (result: Result, hasGone: Bool) {
        let task = Task { await body() }
        let watch: ClientWatch?
        do { watch = try await channel.pipeline.handler(type: ClientWatch.self).get() } catch { watch = nil }
        let hasGone = watch?.state.withLock { state in
            state.onGone = { task.cancel() }
            return state.hasGone
        }
        if hasGone == true { task.cancel() }
        let result = await withGracefulShutdownHandler {
            await withTaskCancellationHandler {
                await task.value
            } onCancel: {
                task.cancel()
            }
        } onGracefulShutdown: {
            task.cancel()
        }
        let isGone = watch?.state.withLock { state in
            state.onGone = nil
            return state.hasGone
        }
        return (result, isGone ?? !channel.isActive)
    }
}
