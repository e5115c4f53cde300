import NIOCore
import NIOEmbedded
import NIOHTTP1
import NIOHTTPTypesHTTP1
import Testing
import WaybillHTTP

/// The beginning of a request, byte by byte, in time that the test turns.
@Suite struct `The head of a request` {
    private let channel = EmbeddedChannel()

    init() throws {
        let handlers = channel.pipeline.syncOperations
        try handlers.configureHTTPServerPipeline(withPipeliningAssistance: false, withErrorHandling: false)
        try handlers.addHandler(HTTP1ToHTTPServerCodec(secure: false))
        let early = EarlyAnswers(random: { 7 }, caller: { $0?.hashValue ?? 0 }, count: { _ in })
        for one in HTTPFace.guards(early) { try handlers.addHandler(one) }
        channel.connect(to: try SocketAddress(unixDomainSocketPath: "none"), promise: nil)
    }

    @Test func `that comes a byte a second does not keep its connection`() throws {
        let bytes = Array("GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: ".utf8)
        var seconds = 0
        while channel.isActive, seconds < 120 {
            try channel.writeInbound(ByteBuffer(bytes: [seconds < bytes.count ? bytes[seconds] : 0x61]))
            channel.embeddedEventLoop.advanceTime(by: .seconds(1))
            seconds += 1
        }
        #expect(seconds == 30)
    }

    @Test func `that is whole keeps its connection as long as its answer takes`() throws {
        let text = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
        for byte in text.utf8 {
            try channel.writeInbound(ByteBuffer(bytes: [byte]))
            channel.embeddedEventLoop.advanceTime(by: .milliseconds(500))
        }
        channel.embeddedEventLoop.advanceTime(by: .seconds(3_600))
        #expect(channel.isActive)
    }
}
