import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix

/// The limit of the constant answer: Hummingbird alone reads a body and answers the same bytes, with nothing between.
struct BareRoute {
    static let path: StaticString = "/"

    private let running: Task<Void, any Error>
    let port: Int

    private static let answer = ByteBuffer(
        string:
            #"{"order":"2025-000000000","version":1,"status":"awaiting payment","event":"e100000","repeated":false,"#
            + #""timeouts":[{"name":"pay_due","due":"2025-01-01T00:30:00Z"}]}"#)

    init() async throws {
        let (ports, told) = AsyncStream.makeStream(of: Int.self)
        let server = Server(
            childChannelSetup: HTTP1Channel(responder: Self.respond),
            configuration: ServerConfiguration(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in told.yield(channel.localAddress?.port ?? 0) },
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() })
        running = Task { try await server.run() }
        guard let port = await ports.first(where: { _ in true }) else { throw BenchmarkFailure("no bare route") }
        self.port = port
    }

    @concurrent private static func respond(
        _ request: HummingbirdCore.Request, _ writer: consuming ResponseWriter, _ channel: any Channel
    ) async throws {
        var count = 0
        for try await buffer in request.body { count += buffer.readableBytes }
        let fields: HTTPFields = [.contentType: "application/json", .contentLength: "\(answer.readableBytes)"]
        let status = count > 0 ? HTTPResponse.Status.created : .badRequest
        try await writer.write(
            response: HTTPResponse(status: status, headerFields: fields), body: ResponseBody(byteBuffer: answer))
    }

    func end() async {
        running.cancel()
        _ = await running.result
    }
}
