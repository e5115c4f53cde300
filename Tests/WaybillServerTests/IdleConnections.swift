import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import Testing
import WaybillHTTP

/// Connections on which little goes on, in time that the test turns.
@Suite struct `A connection` {
    private let channel = EmbeddedChannel()

    init() throws {
        try channel.pipeline.syncOperations.addHandler(Bytes())
        try channel.pipeline.syncOperations.addHandler(IdleConnection())
        channel.connect(to: try SocketAddress(unixDomainSocketPath: "none"), promise: nil)
    }

    /// What a codec does: a byte for each part, and those of a body.
    private final class Bytes: ChannelOutboundHandler {
        typealias OutboundIn = HTTPResponsePart
        typealias OutboundOut = ByteBuffer

        func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
            let bytes =
                switch unwrapOutboundIn(data) {
                case .body(let buffer): buffer
                case .head, .end: ByteBuffer(bytes: [0])
                }
            context.write(wrapOutboundOut(bytes), promise: promise)
        }
    }

    private func pass(_ seconds: Int64) { channel.embeddedEventLoop.advanceTime(by: .seconds(seconds)) }

    private func ask() throws {
        try channel.writeInbound(
            HTTPRequestPart.head(HTTPRequest(method: .get, scheme: "http", authority: "localhost", path: "/")))
        try channel.writeInbound(HTTPRequestPart.end(nil))
    }

    /// Writes a part that the client has not taken yet.
    private func offer(_ part: HTTPResponsePart) { channel.pipeline.write(part, promise: nil) }

    @Test func `without a request ends after thirty seconds, and one with a request is not idle`() throws {
        pass(29)
        #expect(channel.isActive)
        try ask()
        pass(3_600)
        #expect(channel.isActive)
        offer(.head(HTTPResponse(status: .ok)))
        offer(.end(nil))
        channel.flush()
        pass(29)
        #expect(channel.isActive)
        pass(31)
        #expect(!channel.isActive)
    }

    @Test func `whose bytes were no request, which is answered too, ends after thirty seconds`() {
        offer(.head(HTTPResponse(status: .badRequest)))
        offer(.end(nil))
        channel.flush()
        pass(61)
        #expect(!channel.isActive)
    }

    @Test func `whose client takes its answer slowly stays, and ends when nothing is taken any more`() throws {
        try ask()
        offer(.head(HTTPResponse(status: .ok)))
        for _ in 1...20 {
            offer(.body(ByteBuffer(repeating: 0x20, count: 1_000)))
            pass(20)
            #expect(channel.isActive)
        }
        offer(.end(nil))
        pass(25)
        #expect(channel.isActive)
        pass(45)
        #expect(!channel.isActive)
    }

    @Test func `whose client takes nothing of an answer ends though the answer is not whole`() throws {
        try ask()
        offer(.head(HTTPResponse(status: .ok)))
        offer(.body(ByteBuffer(repeating: 0x20, count: 1_000)))
        pass(29)
        #expect(channel.isActive)
        pass(60)
        #expect(!channel.isActive)
    }
}
