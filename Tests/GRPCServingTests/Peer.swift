import GRPCServing
import Logging
import NIOCore
import NIOHPACK
import NIOHTTP2
import NIOPosix
import NIOSSL
import Testing

/// A client of a server here that says exactly what it is told to.
final class Peer {
    /// What came back of one call.
    struct Answer: Equatable {
        var status: String?
        var grpcStatus: Int?
        var message: String?
        var data: [String] = []
        /// The code of a reset; nil: there was none.
        var reset: HTTP2ErrorCode?
    }

    private let channel: any Channel
    private var frames: AsyncStream<HTTP2Frame>.Iterator
    private var seen: [HTTP2Frame] = []
    private var nextID = 1

    private init(_ channel: any Channel, _ frames: AsyncStream<HTTP2Frame>) {
        self.channel = channel
        self.frames = frames.makeAsyncIterator()
    }

    /// - Parameter isSecure: with TLS, whose certificate the server shows.
    static func connect(to port: Int, isSecure: Bool = false) async throws -> Peer {
        let (frames, seen) = AsyncStream.makeStream(of: HTTP2Frame.self)
        var connection = NIOHTTP2Handler.ConnectionConfiguration()
        connection.initialSettings = [HTTP2Setting(parameter: .initialWindowSize, value: 8 << 20)]
        connection.headerBlockValidation = .disabled
        connection.controlFrameRateLimit.maximumCount = 1_000_000
        let configuration = connection
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.certificateVerification = .none
        tls.applicationProtocols = ["h2"]
        let secure = isSecure ? try NIOSSLContext(configuration: tls) : nil
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let secure {
                        try channel.pipeline.syncOperations.addHandler(
                            NIOSSLClientHandler(context: secure, serverHostname: nil))
                    }
                    try channel.pipeline.syncOperations.addHandlers([
                        NIOHTTP2Handler(mode: .client, connectionConfiguration: configuration), Seeing(seen),
                    ])
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        let peer = Peer(channel, frames)
        try await peer.write(.rootStream, .windowUpdate(windowSizeIncrement: 8 << 20))
        return peer
    }

    func close() async throws { try await channel.close() }

    func write(_ id: HTTP2StreamID, _ payload: HTTP2Frame.FramePayload) async throws {
        try await channel.writeAndFlush(HTTP2Frame(streamID: id, payload: payload))
    }

    /// Begins a call; its id.
    func begin(
        _ path: String, _ headers: HPACKHeaders = [:], method: String = "POST", type: String = "application/grpc",
        ends: Bool = false
    ) async throws -> HTTP2StreamID {
        let id = HTTP2StreamID(nextID)
        nextID += 2
        var all: HPACKHeaders = [
            ":method": method, ":scheme": "http", ":path": path, ":authority": "here", "te": "trailers",
            "content-type": type,
        ]
        all.add(contentsOf: headers)
        try await write(id, .headers(.init(headers: all, endStream: ends)))
        return id
    }

    func send(_ bytes: ByteBuffer, in id: HTTP2StreamID, ends: Bool = true) async throws {
        try await write(id, .data(.init(data: .byteBuffer(bytes), endStream: ends)))
    }

    /// A whole call of one message.
    func call(_ path: String, _ message: ByteBuffer) async throws -> Answer {
        let id = try await begin(path)
        try await send(MessageFraming.framed(message), in: id)
        return try await answer(of: id)
    }

    /// Waits for the next frame for which something is so.
    func frame(_ fits: (HTTP2Frame) -> Bool) async throws -> HTTP2Frame {
        if let index = seen.firstIndex(where: fits) { return seen.remove(at: index) }
        while let frame = await frames.next(isolation: #isolation) {
            if fits(frame) { return frame }
            seen.append(frame)
        }
        throw Closed()
    }

    struct Closed: Error {}

    /// Waits until the call has ended; of a call that stays open, until its headers and first message are there.
    func answer(of id: HTTP2StreamID, staysOpen: Bool = false) async throws -> Answer {
        var answer = Answer()
        var bytes = ByteBuffer()
        while true {
            let frame = try await frame { $0.streamID == id }
            var isEnd = false
            switch frame.payload {
            case .headers(let headers):
                answer.status = headers.headers.first(name: ":status") ?? answer.status
                answer.grpcStatus = headers.headers.first(name: "grpc-status").flatMap { Int($0) }
                answer.message = headers.headers.first(name: "grpc-message")
                isEnd = headers.endStream
            case .data(let data):
                if case .byteBuffer(let more) = data.data { bytes.writeImmutableBuffer(more) }
                isEnd = data.endStream
            case .rstStream(let code):
                answer.reset = code
                isEnd = true
            default: break
            }
            var framing = MessageFraming(messageBytesMax: 64 << 20)
            framing.add(bytes)
            answer.data = []
            while let message = try framing.next() { answer.data.append(String(buffer: message)) }
            if isEnd || staysOpen && !answer.data.isEmpty { return answer }
        }
    }

    /// Waits until the server has closed the connection; the code with which it said that it would, if it did.
    func closed() async -> HTTP2ErrorCode? {
        var code: HTTP2ErrorCode?
        func look(_ frame: HTTP2Frame) { if case .goAway(_, let why, _) = frame.payload { code = why } }
        for frame in seen { look(frame) }
        while let frame = await frames.next(isolation: #isolation) { look(frame) }
        return code
    }
}

private final class Seeing: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame

    private let seen: AsyncStream<HTTP2Frame>.Continuation

    init(_ seen: AsyncStream<HTTP2Frame>.Continuation) { self.seen = seen }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { seen.yield(unwrapInboundIn(data)) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // What a call was told is seen in its frames.
    }

    func channelInactive(context: ChannelHandlerContext) { seen.finish() }
}

/// A server of a few procedures, for as long as a test needs it.
func serving(
    _ change: (inout GRPCServer.Settings) -> Void = { _ in },
    _ body: (_ port: Int, _ told: Told) async throws -> Void
) async throws {
    var settings = GRPCServer.Settings(host: "127.0.0.1", port: 0)
    change(&settings)
    let told = Told()
    let (ports, running) = AsyncStream.makeStream(of: Int.self)
    let server = GRPCServer(
        told.rpcs, settings: settings, logger: Logger(label: "test"), onRunning: { running.yield($0) },
        onStopping: { told.endAll() })
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await server.run() }
        let port = try #require(await ports.first { _ in true })
        try await body(port, told)
        group.cancelAll()
    }
}
