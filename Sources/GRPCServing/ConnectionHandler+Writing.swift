import NIOCore
import NIOHPACK
import NIOHTTP2

/// What a connection writes: flushed once for all that is written in a turn of the event loop.
extension ConnectionHandler {
    static let begin: HPACKHeaders = [":status": "200", "content-type": "application/grpc"]

    func write(
        _ id: HTTP2StreamID, _ payload: HTTP2Frame.FramePayload, _ promise: EventLoopPromise<Void>? = nil
    ) {
        guard let context else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        context.write(wrapOutboundOut(HTTP2Frame(streamID: id, payload: payload)), promise: promise)
    }

    func writeData(_ id: HTTP2StreamID, _ data: ByteBuffer, _ written: (@Sendable (Bool) -> Void)?) {
        habits.writes()
        guard let written, let context else {
            write(id, .data(.init(data: .byteBuffer(data))))
            written?(false)
            return flushSoon()
        }
        let promise = context.eventLoop.makePromise(of: Void.self)
        // A client that takes nothing for long keeps neither its call nor what was meant for it.
        let stall = context.eventLoop.assumeIsolated().scheduleTask(in: limits.stallMax) { [self] in
            write(id, .rstStream(.cancel))
            flushSoon()
        }
        promise.futureResult.whenComplete { result in
            stall.cancel()
            switch result {
            case .success: written(true)
            case .failure: written(false)
            }
        }
        write(id, .data(.init(data: .byteBuffer(data))), promise)
        flushSoon()
    }

    func writeEnd(_ id: HTTP2StreamID, _ status: RPCStatus, alone: Bool) {
        var headers: HPACKHeaders = alone ? Self.begin : [:]
        headers.add(name: "grpc-status", value: "\(status.code.rawValue)")
        if !status.message.isEmpty { headers.add(name: "grpc-message", value: status.escapedMessage) }
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
