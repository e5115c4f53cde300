package import NIOCore
package import WaybillAPI

/// The place of a connection among those that may be open, from its first moment to its last.
///
///     accepted ──► is there room? ──► its first request says whose it is ──► has that one room? ──► requests
///                       └── no ──► its first request is refused with 503 ◄────────────┘ no
package final class ConnectionSeat: ChannelInboundHandler, RemovableChannelHandler {
    package typealias InboundIn = ByteBuffer
    package typealias InboundOut = ByteBuffer

    /// How long a connection that was refused may wait to be told so.
    private static let refusedMax = TimeAmount.seconds(2)

    private let counts: ConnectionCounts
    private var entry: ConnectionCounts.Entry?
    private var caller: Int?
    /// What its last request said in `Authorization`.
    private var credential: String?
    private var end: Scheduled<Void>?

    package init(_ counts: ConnectionCounts) { self.counts = counts }

    /// The seat of a connection, or of that of a stream; nil: it has none. On the event loop.
    static func of(_ channel: any Channel) -> ConnectionSeat? {
        do {
            return try channel.pipeline.syncOperations.handler(type: ConnectionSeat.self)
        } catch {
            guard HTTP2Stream.of(channel) != nil, let connection = channel.parent else { return nil }
            return of(connection)
        }
    }

    package func handlerAdded(context: ChannelHandlerContext) {
        let entry = counts.enter()
        self.entry = entry
        switch entry {
        case .taken: return
        case .refused:
            end = context.eventLoop.assumeIsolated().scheduleTask(in: Self.refusedMax) {
                context.close(promise: nil)
            }
        // Not before it is set up.
        case .turnedAway: context.eventLoop.assumeIsolated().execute { context.close(promise: nil) }
        }
    }

    package func handlerRemoved(context: ChannelHandlerContext) { leave() }

    package func channelInactive(context: ChannelHandlerContext) {
        leave()
        context.fireChannelInactive()
    }

    private func leave() {
        end?.cancel()
        end = nil
        if let entry { counts.leave(entry, of: caller) }
        (entry, caller) = (nil, nil)
    }

    /// Why a request is not taken on this connection; nil: it is.
    ///
    /// - Parameters:
    ///   - credential: what it says in `Authorization`.
    ///   - number: that of the caller; asked once for each credential.
    func problem(for credential: String?, _ number: (String?) -> Int) -> Problem? {
        guard let entry, case .taken = entry else { return counts.problem(ofOne: false) }
        guard caller == nil || self.credential != credential else { return nil }
        let caller = number(credential)
        guard self.caller != caller else {
            self.credential = credential
            return nil
        }
        guard counts.claim(for: caller, insteadOf: self.caller) else {
            let left = counts.refuse(entry, of: self.caller)
            if case .refused = left { self.caller = nil }
            self.entry = left
            return counts.problem(ofOne: true)
        }
        (self.caller, self.credential) = (caller, credential)
        return nil
    }
}
