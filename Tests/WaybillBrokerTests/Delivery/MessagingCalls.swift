import GRPCServing
import NIOCore
import NIOHPACK
import NIOHTTP2
import NIOPosix
import RocketMQProto
import SwiftProtobuf

/// One connection of RocketMQ clients to a server here. It has no library of gRPC between it and the wire.
final class MessagingCalls: Sendable {
    private let channel: any Channel
    private let handler: NIOLoopBound<CallsHandler>

    init(to port: Int) async throws {
        let (channel, handler) = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    var connection = NIOHTTP2Handler.ConnectionConfiguration()
                    connection.initialSettings = [HTTP2Setting(parameter: .initialWindowSize, value: 16 << 20)]
                    let handler = CallsHandler()
                    try channel.pipeline.syncOperations.addHandlers([
                        NIOHTTP2Handler(mode: .client, connectionConfiguration: connection), handler,
                    ])
                    return (channel, NIOLoopBound(handler, eventLoop: channel.eventLoop))
                }
            }
        self.channel = channel
        self.handler = handler
    }

    func close() { channel.close(promise: nil) }

    /// A whole call of one client: its only message, and what it is answered.
    func call<Answer: SwiftProtobuf.Message>(
        _ name: String, _ message: some SwiftProtobuf.Message & Sendable, as client: String, _: Answer.Type
    ) async throws -> [Answer] {
        let bytes: [UInt8] = try message.serializedBytes()
        let promise = channel.eventLoop.makePromise(of: [ByteBuffer].self)
        channel.eventLoop.execute { [handler] in
            handler.value.begin(name, client, ByteBuffer(bytes: bytes), promise)
        }
        return try await promise.futureResult.get().map { try Answer(serializedBytes: Array($0.readableBytesView)) }
    }
}

/// The calls of a connection that are open.
private final class CallsHandler: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame
    typealias OutboundOut = HTTP2Frame

    private var context: ChannelHandlerContext?
    private var open: [HTTP2StreamID: (bytes: ByteBuffer, promise: EventLoopPromise<[ByteBuffer]>)] = [:]
    private var next = 1

    func channelActive(context: ChannelHandlerContext) {
        self.context = context
        write(.rootStream, .windowUpdate(windowSizeIncrement: 1 << 30))
        context.flush()
    }

    func begin(
        _ name: String, _ client: String, _ message: ByteBuffer, _ promise: EventLoopPromise<[ByteBuffer]>
    ) {
        guard let context else { return promise.fail(Unexpected("the connection is closed")) }
        let id = HTTP2StreamID(next)
        next += 2
        open[id] = (ByteBuffer(), promise)
        let headers: HPACKHeaders = [
            ":method": "POST", ":scheme": "http", ":path": "/apache.rocketmq.v2.MessagingService/\(name)",
            ":authority": "here", "te": "trailers", "content-type": "application/grpc", "x-mq-client-id": client,
            "x-mq-language": "SWIFT", "x-mq-client-version": "5.1.0",
        ]
        write(id, .headers(.init(headers: headers)))
        write(id, .data(.init(data: .byteBuffer(MessageFraming.framed(message)), endStream: true)))
        context.flush()
    }

    private func write(_ id: HTTP2StreamID, _ payload: HTTP2Frame.FramePayload) {
        context?.write(wrapOutboundOut(HTTP2Frame(streamID: id, payload: payload)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        switch frame.payload {
        case .data(let data):
            if case .byteBuffer(let bytes) = data.data { open[frame.streamID]?.bytes.writeImmutableBuffer(bytes) }
        case .headers(let headers) where headers.endStream: end(frame.streamID, headers.headers)
        case .rstStream(let code): fail(frame.streamID, "the call was reset: \(code)")
        default: break
        }
    }

    private func end(_ id: HTTP2StreamID, _ trailers: HPACKHeaders) {
        guard trailers.first(name: "grpc-status") == "0" else {
            return fail(id, "the call ended with \(trailers)")
        }
        guard let call = open.removeValue(forKey: id) else { return }
        var framing = MessageFraming(messageBytesMax: 16 << 20)
        framing.add(call.bytes)
        var messages: [ByteBuffer] = []
        do throws(MessageFraming.Fault) {
            while let message = try framing.next() { messages.append(message) }
            call.promise.succeed(messages)
        } catch {
            call.promise.fail(error)
        }
    }

    private func fail(_ id: HTTP2StreamID, _ why: String) {
        open.removeValue(forKey: id)?.promise.fail(Unexpected(why))
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.context = nil
        for id in open.keys { fail(id, "the server has closed the connection") }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        for id in open.keys { fail(id, "\(error)") }
    }
}
