import GRPCServing
import Logging
import NIOCore
import NIOEmbedded
import NIOHPACK
import NIOHTTP2
import Synchronization
import Testing

/// A server and its clients in one thread, without sockets: what passes between them, and the time, is the test's.
final class Exchange {
    let loop = EmbeddedEventLoop()
    let told = Told()
    private(set) var clients: [Client] = []
    private let connections = Connections()

    /// - Parameters:
    ///   - window: bytes that a client takes of each call before it is told to take more.
    ///   - more: procedures beside those that all tests have.
    init(
        clients count: Int = 1, window: Int = 64 << 10, more: [RPC] = [],
        _ change: (inout GRPCServer.Settings) -> Void = { _ in }
    ) throws {
        var settings = GRPCServer.Settings(host: "127.0.0.1", port: 0)
        change(&settings)
        let server = GRPCServer(
            told.rpcs + more, settings: settings, logger: Logger(label: "test"),
            onConnection: { [connections] in connections.add($0) })
        let sides = (0..<count).map { _ in EmbeddedChannel(loop: loop) }
        try server.serve(sides)
        for side in sides {
            try side.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
            clients.append(try Client(of: side, on: loop, window: window))
        }
        try pass()
    }

    var client: Client { clients[0] }

    /// The server stops.
    func drain() throws {
        for connection in connections.all { connection.drain() }
        try pass()
    }

    /// Carries what either side has written to the other, until there is nothing more.
    func pass() throws {
        var hasMoved = true
        while hasMoved {
            loop.run()
            hasMoved = false
            for client in clients { if try client.pass() { hasMoved = true } }
        }
    }

    func advance(by time: TimeAmount) throws {
        loop.advanceTime(by: time)
        try pass()
    }
}

/// The connections of a server.
private final class Connections: Sendable {
    private let open = Mutex<[Connection]>([])

    var all: [Connection] { open.withLock { $0 } }

    func add(_ connection: Connection) { open.withLock { $0.append(connection) } }
}

/// One client of an exchange.
final class Client {
    private let server: EmbeddedChannel
    private let channel: EmbeddedChannel
    private let seen = Seen()
    private var nextID = 1
    /// Bytes of messages that were sent.
    private(set) var sentBytes = 0

    init(of server: EmbeddedChannel, on loop: EmbeddedEventLoop, window: Int) throws {
        self.server = server
        var connection = NIOHTTP2Handler.ConnectionConfiguration()
        connection.initialSettings = [
            HTTP2Setting(parameter: .initialWindowSize, value: window),
            HTTP2Setting(parameter: .maxFrameSize, value: 64 << 10),
        ]
        connection.headerBlockValidation = .disabled
        channel = EmbeddedChannel(
            handlers: [NIOHTTP2Handler(mode: .client, connectionConfiguration: connection), seen], loop: loop)
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 2)).wait()
        try open(.rootStream, by: 1 << 30)
    }

    var isConnected: Bool { server.isActive }

    func begin(_ path: String, _ headers: HPACKHeaders = [:]) throws -> HTTP2StreamID {
        let id = HTTP2StreamID(nextID)
        nextID += 2
        var all: HPACKHeaders = [
            ":method": "POST", ":scheme": "http", ":path": path, "content-type": "application/grpc",
        ]
        all.add(contentsOf: headers)
        try write(id, .headers(.init(headers: all)))
        return id
    }

    /// Sends bytes of a message, as far as the server lets it; the rest waits until it does.
    func send(_ bytes: ByteBuffer, in id: HTTP2StreamID, ends: Bool = false) throws {
        try write(id, .data(.init(data: .byteBuffer(bytes), endStream: ends)))
    }

    /// A whole call of one message.
    func call(_ path: String, _ message: ByteBuffer) throws -> HTTP2StreamID {
        let id = try begin(path)
        try send(MessageFraming.framed(message), in: id, ends: true)
        return id
    }

    func open(_ id: HTTP2StreamID, by bytes: Int) throws { try write(id, .windowUpdate(windowSizeIncrement: bytes)) }

    func reset(_ id: HTTP2StreamID) throws { try write(id, .rstStream(.cancel)) }

    /// Bytes as they are, past all that a client of HTTP/2 keeps to.
    func sendRaw(_ bytes: ByteBuffer) throws { try server.writeInbound(bytes) }

    private func write(_ id: HTTP2StreamID, _ payload: HTTP2Frame.FramePayload) throws {
        // Its promise is kept when the server has room.
        channel.writeAndFlush(HTTP2Frame(streamID: id, payload: payload), promise: nil)
        try channel.throwIfErrorCaught()
    }

    /// Carries what both sides have written; whether there was something.
    fileprivate func pass() throws -> Bool {
        var hasMoved = false
        while server.isActive, let bytes = try channel.readOutbound(as: ByteBuffer.self) {
            hasMoved = true
            sentBytes += bytes.readableBytes
            try server.writeInbound(bytes)
        }
        while channel.isActive, let bytes = try server.readOutbound(as: ByteBuffer.self) {
            hasMoved = true
            try channel.writeInbound(bytes)
        }
        return hasMoved
    }

    /// Headers of the answer to a call, and of its end.
    func headers(of id: HTTP2StreamID) -> [HPACKHeaders] {
        seen.frames.compactMap { frame in
            guard frame.streamID == id, case .headers(let headers) = frame.payload else { return nil }
            return headers.headers
        }
    }

    /// How a call has ended; nil: it has not.
    func status(of id: HTTP2StreamID) -> Int? {
        headers(of: id).last?.first(name: "grpc-status").flatMap { Int($0) }
    }

    /// The code with which a call was reset; nil: it was not.
    func reset(of id: HTTP2StreamID) -> HTTP2ErrorCode? {
        for frame in seen.frames { if frame.streamID == id, case .rstStream(let code) = frame.payload { return code } }
        return nil
    }

    /// Bytes of an answer that have come.
    func bytes(of id: HTTP2StreamID) -> Int {
        seen.frames.reduce(0) { sum, frame in
            guard frame.streamID == id, case .data(let data) = frame.payload else { return sum }
            return sum + data.data.readableBytes
        }
    }
}

/// What a client has seen of the server.
private final class Seen: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame

    var frames: [HTTP2Frame] = []

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { frames.append(unwrapInboundIn(data)) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // What a call was told is seen in its frames.
    }
}
