import GRPCServing
import Logging
import NIOCore
import NIOHPACK
import NIOHTTP2
import NIOPosix
import Testing

/// Calls over a real connection.
@Suite(.timeLimit(.minutes(1))) struct `A server of calls` {
    private let one = ByteBuffer(string: "one")

    @Test func `answers many calls on one connection`() async throws {
        try await serving { port, _ in
            let peer = try await Peer.connect(to: port)
            for number in 0..<1_000 {
                let answer = try await peer.call("/t.T/Echo", ByteBuffer(string: "\(number)"))
                try #require(answer == .init(status: "200", grpcStatus: 0, data: ["\(number)"]))
            }
            try await peer.close()
        }
    }

    @Test func `answers a stream of messages in one piece, and says that it was written`() async throws {
        try await serving { port, told in
            let peer = try await Peer.connect(to: port)
            let answer = try await peer.call("/t.T/Thrice", one)
            #expect(answer == .init(status: "200", grpcStatus: 0, data: ["one", "one", "one"]))
            #expect(await told.next() == "written true")
            try await peer.close()
        }
    }

    @Test func `takes a message as large as may be, and answers a larger one without reading it`() async throws {
        try await serving({ $0.limits.messageBytesMax = 5 << 20 }) { port, _ in
            let peer = try await Peer.connect(to: port)
            let large = ByteBuffer(repeating: UInt8(ascii: "x"), count: 5 << 20)
            let answer = try await peer.call("/t.T/Echo", large)
            #expect(answer.grpcStatus == 0 && answer.data == [String(buffer: large)])
            // The prefix alone tells it.
            let prefix = ByteBuffer(bytes: [0, 0, 0x50, 0, 1])
            let id = try await peer.begin("/t.T/Small")
            try await peer.send(prefix, in: id, ends: false)
            #expect(try await peer.answer(of: id).data == ["too large"])
            let other = try await peer.begin("/t.T/Echo")
            try await peer.send(prefix, in: other, ends: false)
            let refused = try await peer.answer(of: other)
            #expect(refused.grpcStatus == RPCStatus.Code.internal.rawValue)
            #expect(try await peer.call("/t.T/Echo", one).data == ["one"])
            try await peer.close()
        }
    }

    @Test func `says what is wrong with a call that is none`() async throws {
        try await serving { port, _ in
            let peer = try await Peer.connect(to: port)
            func answer(
                _ path: String = "/t.T/Echo", _ headers: HPACKHeaders = [:], method: String = "POST",
                type: String = "application/grpc"
            ) async throws -> Peer.Answer {
                try await peer.answer(of: peer.begin(path, headers, method: method, type: type, ends: true))
            }
            #expect(try await answer("/t.T/Nothing").grpcStatus == 12)
            #expect(try await answer("/t.T/Echo", ["grpc-timeout": "1"]).grpcStatus == 13)
            #expect(try await answer("/t.T/Echo", ["grpc-timeout": "0S"]).grpcStatus == 4)
            #expect(try await answer("/t.T/Echo", ["grpc-encoding": "gzip"]).grpcStatus == 12)
            #expect(try await answer(method: "GET").status == "405")
            #expect(try await answer(type: "application/grpc-web").status == "415")
            #expect(try await answer(type: "text/html").status == "415")
            #expect(try await answer(type: "Application/GRPC+proto; a=b").grpcStatus == 13)
            #expect(try await answer().grpcStatus == 13)
            #expect(try await answer("/t.T/Echo", ["connection": "close"]).reset == .protocolError)
            #expect(try await answer("/t.T/Echo", [":path": "/"]).reset == .protocolError)
            let many = HPACKHeaders((0..<101).map { ("x-\($0)", "y") })
            #expect(try await answer("/t.T/Echo", many).status == "431")
            // Another call of the connection is served all the same.
            #expect(try await peer.call("/t.T/Echo", one).data == ["one"])
            try await peer.close()
        }
    }

    @Test func `answers the health check`() async throws {
        try await serving { port, _ in
            let peer = try await Peer.connect(to: port)
            let answer = try await peer.call("/grpc.health.v1.Health/Check", ByteBuffer())
            #expect(answer == .init(status: "200", grpcStatus: 0, data: ["\u{8}\u{1}"]))
            try await peer.close()
        }
        try await serving({ $0.isServing = { false } }) { port, _ in
            let peer = try await Peer.connect(to: port)
            #expect(try await peer.call("/grpc.health.v1.Health/Check", ByteBuffer()).data == ["\u{8}\u{2}"])
            try await peer.close()
        }
    }

    @Test func `tells who serves a call that its client has given it up, or is gone`() async throws {
        try await serving { port, told in
            let peer = try await Peer.connect(to: port)
            let id = try await peer.begin("/t.T/Wait")
            try await peer.send(MessageFraming.framed(one), in: id)
            #expect(await told.next() == "waits")
            try await peer.write(id, .rstStream(.cancel))
            #expect(await told.next() == "lost")
            _ = try await peer.begin("/t.T/Talk")
            #expect(await told.next() == "begun")
            try await peer.close()
            #expect(await told.next() == "lost")
        }
    }

    @Test func `talks both ways until the client has ended`() async throws {
        try await serving { port, told in
            let peer = try await Peer.connect(to: port)
            let id = try await peer.begin("/t.T/Talk")
            #expect(await told.next() == "begun")
            try await peer.send(MessageFraming.framed(one), in: id, ends: false)
            #expect(try await peer.answer(of: id, staysOpen: true).data == ["one"])
            try await peer.send(ByteBuffer(), in: id)
            #expect(try await peer.answer(of: id).grpcStatus == 0)
            try await peer.close()
        }
    }

    @Test func `takes no more calls of a connection than may be in work, those given up among them`() async throws {
        try await serving({
            $0.limits.inWorkMax = 3
            $0.limits.abandonedMax = 100
        }) { port, told in
            let peer = try await Peer.connect(to: port)
            for _ in 0..<3 {
                let id = try await peer.begin("/t.T/Wait")
                try await peer.send(MessageFraming.framed(one), in: id)
                #expect(await told.next() == "waits")
            }
            // It is refused before its message has come, so none is sent.
            let refused = try await peer.answer(of: peer.begin("/t.T/Echo", ends: true))
            #expect(refused.grpcStatus == RPCStatus.Code.resourceExhausted.rawValue)
            try await peer.close()
        }
    }
}

/// What honest clients do a thousand times, and hostile ones do without end.
@Suite(.timeLimit(.minutes(1))) struct `A connection` {
    private let one = ByteBuffer(string: "one")

    @Test func `with a ping for each call stays open, thousands of times`() async throws {
        try await serving { port, _ in
            let peer = try await Peer.connect(to: port)
            for number in 0..<2_000 {
                try await peer.write(.rootStream, .ping(HTTP2PingData(withInteger: UInt64(number)), ack: false))
                let answer = try await peer.call("/t.T/Echo", one)
                try #require(answer.grpcStatus == 0, "call \(number)")
            }
            try await peer.close()
        }
    }

    @Test func `with a burst of resets of calls in work stays open`() async throws {
        try await serving { port, told in
            let peer = try await Peer.connect(to: port)
            for _ in 0..<2 {
                var ids: [HTTP2StreamID] = []
                for _ in 0..<300 {
                    let id = try await peer.begin("/t.T/Wait")
                    try await peer.send(MessageFraming.framed(one), in: id)
                    #expect(await told.next() == "waits")
                    ids.append(id)
                }
                for id in ids { try await peer.write(id, .rstStream(.cancel)) }
                for _ in ids { #expect(await told.next() == "lost") }
            }
            #expect(try await peer.call("/t.T/Echo", one).data == ["one"])
            try await peer.close()
        }
    }

    @Test func `that gives up most of its calls for nothing is ended`() async throws {
        try await serving({ $0.limits.abandonedMax = 50 }) { port, told in
            let peer = try await Peer.connect(to: port)
            for _ in 0...50 {
                let id = try await peer.begin("/t.T/Wait")
                try await peer.send(MessageFraming.framed(one), in: id)
                #expect(await told.next() == "waits")
                try await peer.write(id, .rstStream(.cancel))
                #expect(await told.next() == "lost")
            }
            #expect(await peer.closed() == .enhanceYourCalm)
        }
    }

    @Test func `that pings and does nothing else is ended`() async throws {
        try await serving({ $0.limits.idlePingsMax = 100 }) { port, _ in
            let peer = try await Peer.connect(to: port)
            for number in 0...100 {
                try await peer.write(.rootStream, .ping(HTTP2PingData(withInteger: UInt64(number)), ack: false))
            }
            #expect(await peer.closed() == .enhanceYourCalm)
        }
    }

    @Test func `says what is spoken when a request of HTTP/1 comes, and closes on what it does not know`()
        async throws
    {
        try await serving({
            $0.toHTTP1 = GRPCServer.Settings.http1("Here are calls.")
            $0.otherProtocol = { bytes in
                guard bytes.starts(with: Array("HELLO".utf8)) else { return bytes.count < 24 ? .more : .unknown }
                return bytes.last == UInt8(ascii: ".") ? .answer(ByteBuffer(string: "BYE")) : .more
            }
        }) { port, _ in
            let toHTTP1 = try await said(to: port, "GET / HTTP/1.1\r\nhost: here\r\n\r\n")
            #expect(toHTTP1.hasSuffix("Here are calls.\n"))
            let body = String(repeating: "x", count: 1 << 20)
            let toBody = try await said(
                to: port, "POST / HTTP/1.1\r\nhost: here\r\ncontent-length: \(body.utf8.count)\r\n\r\n" + body)
            #expect(toBody == toHTTP1)
            let toOther = try await said(to: port, "HELLO, broker" + String(repeating: "!", count: 3_000) + ".")
            #expect(toOther == "BYE")
            let toOthers = try await said(to: port, "\u{1}\u{2}\u{3} and so on, and so on, and so on")
            #expect(toOthers == "")
        }
    }

    @Test func `is closed when its first bytes do not come`() async throws {
        try await serving({ $0.limits.firstBytesWithin = .milliseconds(50) }) { port, _ in
            let answer = try await said(to: port, "PRI")
            #expect(answer == "")
        }
    }

    @Test func `ends when the server stops, after its open calls were ended`() async throws {
        let told = Told()
        let (ports, running) = AsyncStream.makeStream(of: Int.self)
        let server = GRPCServer(
            told.rpcs, settings: .init(host: "127.0.0.1", port: 0), logger: .init(label: "test"),
            onRunning: { running.yield($0) }, onStopping: { told.endAll() })
        let stopping = StoppedServer(server)
        let task = Task { try await stopping.run() }
        let port = try #require(await ports.first { _ in true })
        let peer = try await Peer.connect(to: port)
        let id = try await peer.begin("/t.T/Talk")
        #expect(await told.next() == "begun")
        await stopping.stop()
        let end = try await peer.answer(of: id)
        #expect(end.grpcStatus == RPCStatus.Code.unavailable.rawValue)
        #expect(await peer.closed() == .noError)
        try await task.value
    }

    @Test func `says that an answer was not written, also when its server has ended`() async throws {
        let told = Told()
        let (ports, running) = AsyncStream.makeStream(of: Int.self)
        let server = GRPCServer(
            told.rpcs, settings: .init(host: "127.0.0.1", port: 0), logger: .init(label: "test"),
            onRunning: { running.yield($0) })
        let stopping = StoppedServer(server)
        let task = Task { try await stopping.run() }
        let port = try #require(await ports.first { _ in true })
        let peer = try await Peer.connect(to: port)
        let id = try await peer.begin("/t.T/Late")
        try await peer.send(MessageFraming.framed(one), in: id)
        #expect(await told.next() == "waits")
        try await peer.close()
        await stopping.stop()
        try await task.value
        told.answerAll()
        #expect(await told.next() == "written false")
    }

    /// All that a server says to these bytes until it closes.
    private func said(to port: Int, _ text: String) async throws -> String {
        let (pieces, heard) = AsyncStream.makeStream(of: String.self)
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Hearing(heard))
                }
            }
            .channelOption(.allowRemoteHalfClosure, value: true)
            .connect(host: "127.0.0.1", port: port).get()
        try await channel.writeAndFlush(ByteBuffer(string: text))
        var said = ""
        for await piece in pieces { said += piece }
        // The server may have closed it whole.
        do { try await channel.close() } catch ChannelError.alreadyClosed {}
        return said
    }
}

private final class Hearing: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let heard: AsyncStream<String>.Continuation

    init(_ heard: AsyncStream<String>.Continuation) { self.heard = heard }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        heard.yield(String(buffer: unwrapInboundIn(data)))
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event { heard.finish() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { heard.yield("\(error)") }

    func channelInactive(context: ChannelHandlerContext) { heard.finish() }
}
