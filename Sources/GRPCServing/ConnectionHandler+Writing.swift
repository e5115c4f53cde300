import NIOCore
import NIOHPACK
import NIOHTTP2

/// What a connection writes: flushed once for all that is written in a turn of the event loop.
extension ConnectionHandler {
    static let begin: HPACKHeaders = [":status": "200", "content-type": "application/grpc"]
    /// Bytes of an answer that are written in one piece, without a look at how far they have come.
    private static let smallBytesMax = 16 << 10
    /// Bytes of one part of a larger answer.
    private static let partBytesMax = 32 << 10
    /// Bytes of unread answers that the server is not told of at once.
    private static let unreportedMax = 64 << 10

    func write(
        _ id: HTTP2StreamID, _ payload: HTTP2Frame.FramePayload, _ promise: EventLoopPromise<Void>? = nil
    ) {
        guard let context else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        context.write(wrapOutboundOut(HTTP2Frame(streamID: id, payload: payload)), promise: promise)
    }

    /// Writes a message with its prefix; only a small one is copied for it.
    func writeMessage(_ id: HTTP2StreamID, _ message: ByteBuffer, _ written: (@Sendable (Bool) -> Void)?) {
        guard message.readableBytes > Self.smallBytesMax else {
            return writeData(id, MessageFraming.framed(message), written)
        }
        write(id, .data(.init(data: .byteBuffer(MessageFraming.prefix(of: message)))))
        writeData(id, message, written)
    }

    func writeData(_ id: HTTP2StreamID, _ data: ByteBuffer, _ written: (@Sendable (Bool) -> Void)?) {
        habits.writes()
        guard let context else {
            written?(false)
            return
        }
        let now = context.eventLoop.now
        if written == nil, calls[id] == nil, data.readableBytes <= Self.smallBytesMax {
            unread.addSmall(data.readableBytes, of: id, at: now)
            write(id, .data(.init(data: .byteBuffer(data))))
        } else {
            writeParts(id, data, written, context.eventLoop, now)
        }
        reportUnread()
        flushSoon()
    }

    private func writeParts(
        _ id: HTTP2StreamID, _ data: ByteBuffer, _ written: (@Sendable (Bool) -> Void)?, _ loop: any EventLoop,
        _ now: NIODeadline
    ) {
        var rest = data
        while let part = rest.readSlice(length: min(rest.readableBytes, Self.partBytesMax)) {
            let count = part.readableBytes
            let told = rest.readableBytes == 0 ? written : nil
            let promise = loop.makePromise(of: Void.self)
            unread.addPart(count, of: id, at: now)
            promise.futureResult.assumeIsolated().whenComplete { [self] result in
                took(count, of: id, at: loop.now)
                switch result {
                case .success: told?(true)
                case .failure: told?(false)
                }
            }
            write(id, .data(.init(data: .byteBuffer(part))), promise)
            if rest.readableBytes == 0 { break }
        }
    }

    /// The client's connection has taken a part of an answer, or it was dropped.
    private func took(_ count: Int, of id: HTTP2StreamID, at now: NIODeadline) {
        guard context != nil else { return }
        unread.removePart(count, of: id, at: now)
        reportUnread()
        guard draining == .ending, unread.isEmpty else { return }
        // What the call ends with is not flushed yet.
        context?.eventLoop.assumeIsolated().execute { [self] in endIfDrained() }
    }

    /// Tells the server how much its clients have not taken, unless it knows it nearly.
    func reportUnread() {
        let more = unread.bytes - reportedUnread
        guard abs(more) >= Self.unreportedMax || more < 0 && unread.bytes == 0 else { return }
        reportedUnread = unread.bytes
        connection?.note(unread: unread.bytes)
        held.add(more, .unread)
        guard more < 0, !closedWindows.isEmpty || !waitingForRoom.isEmpty else { return }
        context?.eventLoop.assumeIsolated().execute { [self] in useRoom() }
    }

    func writeEnd(_ id: HTTP2StreamID, _ status: RPCStatus, alone: Bool) {
        var headers: HPACKHeaders = alone ? Self.begin : [:]
        headers.add(name: "grpc-status", value: "\(status.code.rawValue)")
        if !status.message.isEmpty { headers.add(name: "grpc-message", value: status.escapedMessage) }
        // A client whose messages are compressed learns here which are not.
        if status.code == .unimplemented { headers.add(name: "grpc-accept-encoding", value: "identity") }
        habits.writes()
        write(id, .headers(.init(headers: headers, endStream: true)))
        flushSoon()
    }

    func flushSoon() {
        guard !needsFlush, let context else { return }
        needsFlush = true
        guard !isReading else { return }
        context.eventLoop.assumeIsolated().execute { [self] in if needsFlush { flush() } }
    }

    func flush() {
        needsFlush = false
        context?.flush()
    }
}
