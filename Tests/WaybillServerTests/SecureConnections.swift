import NIOCore
import NIOEmbedded
import NIOTLS
import Testing
import WaybillHTTP

/// Connections with TLS, in time that the test turns.
@Suite struct `A connection with TLS` {
    private let channel = EmbeddedChannel()

    init() throws {
        try channel.pipeline.syncOperations.addHandler(SecureConnection())
        channel.connect(to: try SocketAddress(unixDomainSocketPath: "none"), promise: nil)
    }

    private func pass(_ seconds: Int64) { channel.embeddedEventLoop.advanceTime(by: .seconds(seconds)) }

    private func shakeHands(_ version: String?) {
        channel.pipeline.fireUserInboundEventTriggered(TLSUserEvent.handshakeCompleted(negotiatedProtocol: version))
    }

    private func say() throws { try channel.writeInbound(ByteBuffer(bytes: [0])) }

    @Test func `has ten seconds for its handshake, whatever comes meanwhile`() throws {
        pass(9)
        try say()
        #expect(channel.isActive)
        pass(1)
        #expect(!channel.isActive)
    }

    @Test func `is left to others once it speaks HTTP/1.1`() {
        pass(9)
        shakeHands("http/1.1")
        pass(3_600)
        #expect(channel.isActive)
    }

    @Test func `that asks for no version speaks HTTP/1.1`() {
        shakeHands(nil)
        pass(3_600)
        #expect(channel.isActive)
    }

    @Test func `over HTTP/2 ends when its client says nothing for a minute, not even that it is there`() throws {
        shakeHands("h2")
        for _ in 1...20 {
            pass(50)
            #expect(channel.isActive)
            try say()
        }
        pass(59)
        #expect(channel.isActive)
        pass(11)
        #expect(!channel.isActive)
    }

    @Test func `over HTTP/2 ends when its client takes nothing for half a minute, though it goes on talking`() throws {
        shakeHands("h2")
        channel.pipeline.write(ByteBuffer(repeating: 0, count: 1_000), promise: nil)
        for _ in 1...4 {
            #expect(channel.isActive)
            pass(10)
            try say()
        }
        #expect(!channel.isActive)
    }

    @Test func `over HTTP/2 stays when its client takes its answers slowly`() throws {
        shakeHands("h2")
        for count in 1...20 {
            channel.pipeline.write(ByteBuffer(repeating: 0, count: count * 100), promise: nil)
            pass(20)
            try say()
            #expect(channel.isActive)
        }
    }

    @Test func `is not cut by a server that stops when its handshake is over`() {
        shakeHands("h2")
        channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        #expect(channel.isActive)
    }

    @Test func `ends with the server when there was no handshake yet`() {
        channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        #expect(!channel.isActive)
    }
}
