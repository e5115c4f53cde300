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
        let rpc: RPC?
        let call: Call?
    }

    let rpcs: [String: RPC]
    let limits: GRPCLimits
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

    enum Drain {
        case no
        /// The client is told; no call is taken any more, and those that are open come to their end.
        case ending
        /// All is written, and the client is to close its side.
        case ended
    }

    init(
        _ rpcs: [String: RPC], _ limits: GRPCLimits, _ seat: any Seat, onConnection: @escaping (Connection) -> Void
    ) {
        self.rpcs = rpcs
        self.limits = limits
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
        scheduleLook()
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
        connection?.tellClosed()
        connection = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        isReading = true
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
        case let event as StreamClosedEvent: if event.reason != nil { lose(event.streamID) }
        default: break
        }
        context.fireUserInboundEventTriggered(event)
    }

    /// Lets the client send on when half of a window is used. Said after the frame that used it.
    func refill(_ event: NIOHTTP2WindowUpdatedEvent) {
        guard let size = event.inboundWindowSize else { return }
        let target: Int
        if event.streamID == .rootStream {
            target = limits.connectionWindow
        } else {
            guard let open = calls[event.streamID], !open.machine.isClientDone else { return }
            target = limits.callWindow
        }
        guard size <= target / 2 else { return }
        write(event.streamID, .windowUpdate(windowSizeIncrement: target - size))
        flushSoon()
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
            let machine = CallMachine(rpc.kind.shape)
            let bytesMax = min(rpc.bytesMax ?? limits.messageBytesMax, limits.messageBytesMax)
            calls[id] = Open(
                machine: machine, framing: MessageFraming(messageBytesMax: bytesMax), rpc: rpc,
                call: Call(head, on: id, of: connection))
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

    func read(_ id: HTTP2StreamID, _ data: HTTP2Frame.FramePayload.Data) {
        guard calls[id] != nil else { return }
        // In place: a copy of what waits would be copied again with each frame.
        if case .byteBuffer(let bytes) = data.data { calls[id]?.framing.add(bytes) }
        do throws(MessageFraming.Fault) {
            while let message = try calls[id]?.framing.next() { perform(.message(message), on: id, written: nil) }
        } catch {
            return fault(error, id)
        }
        if data.endStream, let open = calls[id] { endOfRequest(id, open) }
    }

    func endOfRequest(_ id: HTTP2StreamID, _ open: Open) {
        perform(.halfClosed(withinMessage: !open.framing.isBetweenMessages), on: id, written: nil)
    }

    func fault(_ fault: MessageFraming.Fault, _ id: HTTP2StreamID) {
        switch fault {
        case .compressed:
            perform(.fault(RPCStatus(.unimplemented, "messages are not compressed here")), on: id, written: nil)
        case .badFlag(let flag):
            perform(.fault(RPCStatus(.internal, "\(flag) is no flag of a message")), on: id, written: nil)
        case .tooLarge(let count):
            if let answer = calls[id]?.rpc?.tooLarge { return perform(.answer(answer), on: id, written: nil) }
            let status = RPCStatus(
                .internal, "a message of \(count) bytes; at most \(calls[id]?.framing.messageBytesMax ?? 0) are taken")
            perform(.fault(status), on: id, written: nil)
        }
    }

    func lose(_ id: HTTP2StreamID) {
        guard let open = calls[id] else { return }
        if open.machine.isInWork, habits.abandons() { endForHabit("too many calls are given up") }
        perform(.lost, on: id, written: nil)
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
