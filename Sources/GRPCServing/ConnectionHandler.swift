import NIOCore
import NIOHPACK
import NIOHTTP2

/// All calls of one connection: frames in, calls as values, frames out. Nothing of it is made for each call but the
/// call itself; what is written in one turn of the event loop is flushed once.
final class ConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame
    typealias OutboundOut = HTTP2Frame

    struct Open {
        var machine: CallMachine
        var framing: MessageFraming
        let rpc: RPC
        let call: Call
        /// Bytes of a message that has not come whole.
        var unfinishedBytes = 0
        /// When a message was begun, or enough more of it had come.
        var progressAt: NIODeadline
        /// Bytes that have come since then.
        var bytesSince = 0
    }

    let rpcs: [String: RPC]
    let limits: GRPCLimits
    /// What the server keeps of all connections.
    let held: HeldBytes
    private let seat: any Seat
    private let onConnection: (Connection) -> Void
    var calls: [HTTP2StreamID: Open] = [:]
    /// What hears the messages of open calls that go both ways.
    var listeners: [HTTP2StreamID: RPC.Listener] = [:]
    /// Calls that were lost while they were in work; what serves still has them.
    var abandoned: Set<HTTP2StreamID> = []
    var context: ChannelHandlerContext?
    var connection: Connection?
    var habits: Habits
    var lastStream = HTTP2StreamID.rootStream
    /// Whether frames are being read: what is written then is flushed at the end.
    var isReading = false
    var needsFlush = false
    var draining = Drain.no
    var look: Scheduled<Void>?
    /// Bytes of all its messages that have not come whole.
    var unfinishedBytes = 0
    var unread = UnreadAnswers()
    /// Bytes of ``unread`` that the server knows of.
    var reportedUnread = 0
    /// Windows that are not opened again as long as there is no room, and their sizes.
    var closedWindows: [HTTP2StreamID: Int] = [:]
    /// What waits until the client has taken more of its answers.
    var waitingForRoom: [@Sendable () -> Void] = []
    /// For what the server calls back when it has room.
    var awaited: Set<HeldBytes.Purpose> = []
    /// Whether NIO has just reset a call for what its client sent.
    var hasResetCall = false

    enum Drain {
        case no
        /// The client is told; no call is taken any more, and those that are open come to their end.
        case ending
        /// All is written, and the client is to close its side.
        case ended
    }

    init(
        _ rpcs: [String: RPC], _ limits: GRPCLimits, _ held: HeldBytes, _ seat: any Seat,
        onConnection: @escaping (Connection) -> Void
    ) {
        self.rpcs = rpcs
        self.limits = limits
        self.held = held
        self.seat = seat
        self.onConnection = onConnection
        habits = Habits(limits)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        let connection = Connection(self, of: context.channel, on: seat)
        self.connection = connection
        habits.begin(at: context.eventLoop.now)
        // The window of a connection is 64 KiB until it is widened.
        let more = limits.connectionWindow - 65_535
        if more > 0 {
            write(.rootStream, .windowUpdate(windowSizeIncrement: more))
            flushSoon()
        }
        scheduleLook(at: context.eventLoop.now + lookEvery)
        onConnection(connection)
    }

    func handlerRemoved(context: ChannelHandlerContext) { close() }

    func channelInactive(context: ChannelHandlerContext) {
        close()
        context.fireChannelInactive()
    }

    /// Every call is lost.
    func close() {
        look?.cancel()
        look = nil
        context = nil
        for id in calls.keys { perform(.lost, on: id, written: nil) }
        unread.removeAll()
        reportUnread()
        closedWindows = [:]
        connection?.tellClosed()
        connection = nil
        let waiting = waitingForRoom
        waitingForRoom = []
        for body in waiting { body() }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        isReading = true
        hasResetCall = false
        let frame = unwrapInboundIn(data)
        habits.heard(at: context.eventLoop.now)
        switch frame.payload {
        case .headers(let headers): begin(frame.streamID, headers)
        case .data(let data): read(frame.streamID, data)
        case .rstStream: lose(frame.streamID)
        case .ping(_, let isAnswer): if !isAnswer, habits.pings() { endForHabit("too_many_pings") }
        case .priority, .settings, .pushPromise, .goAway, .windowUpdate, .alternativeService, .origin: break
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isReading = false
        if needsFlush { flush() }
        context.fireChannelReadComplete()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case let event as NIOHTTP2WindowUpdatedEvent: refill(event)
        case let event as StreamClosedEvent: closed(event)
        default: break
        }
        context.fireUserInboundEventTriggered(event)
    }

    func begin(_ id: HTTP2StreamID, _ headers: HTTP2Frame.FramePayload.Headers) {
        if let open = calls[id] {
            // Trailers of a request say nothing.
            if headers.endStream { endOfRequest(id, open) }
            return
        }
        guard let connection, draining == .no else { return }
        lastStream = max(lastStream, id)
        habits.begins()
        do throws(HeadFault) {
            let head = try CallHead(headers.headers)
            guard let rpc = rpcs[head.path] else {
                throw HeadFault.refused(RPCStatus(.unimplemented, "\(head.path) is not served here"))
            }
            guard calls.count + abandoned.count < limits.inWorkMax else {
                throw HeadFault.refused(RPCStatus(.resourceExhausted, "too many calls of this connection are in work"))
            }
            let call = Call(head, on: id, of: connection)
            let bytesMax = min(rpc.bytesMax ?? limits.messageBytesMax, limits.messageBytesMax)
            calls[id] = Open(
                machine: CallMachine(rpc.kind.shape), framing: MessageFraming(messageBytesMax: bytesMax), rpc: rpc,
                call: call, progressAt: habits.heardAt)
            // It may end the call, and what the client sends of it is dropped then.
            rpc.onHeaders?(call)
            step(id) { $0.begin() }
            if headers.endStream { perform(.halfClosed(withinMessage: false), on: id, written: nil) }
        } catch {
            refuse(id, error, isDone: headers.endStream)
        }
    }

    func refuse(_ id: HTTP2StreamID, _ fault: HeadFault, isDone: Bool) {
        switch fault {
        case .malformed:
            write(id, .rstStream(.protocolError))
            return flushSoon()
        case .notGRPC(let status):
            write(id, .headers(.init(headers: [":status": "\(status)"], endStream: true)))
        case .refused(let status):
            writeEnd(id, status, alone: true)
        }
        if !isDone { write(id, .rstStream(.noError)) }
        flushSoon()
    }

    func lose(_ id: HTTP2StreamID) {
        guard let open = calls[id] else { return }
        if open.machine.isInWork, habits.abandons() { endForHabit("too many calls are given up") }
        perform(.lost, on: id, written: nil)
    }

    /// A call is closed for HTTP/2: all of it was sent, or it was reset by one of the two sides.
    func closed(_ event: StreamClosedEvent) {
        if !unread.isEmpty {
            unread.close(event.streamID)
            reportUnread()
            // What it ends with is not flushed yet.
            if draining == .ending { context?.eventLoop.assumeIsolated().execute { [self] in endIfDrained() } }
        }
        if !closedWindows.isEmpty { closedWindows[event.streamID] = nil }
        guard event.reason != nil else { return }
        hasResetCall = calls[event.streamID] != nil
        lose(event.streamID)
    }
}

extension RPC.Kind {
    var shape: CallMachine.Kind {
        switch self {
        case .unary: .unary
        case .serverStream: .serverStream
        case .bothWays: .bothWays
        }
    }
}
