import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import Testing
import WaybillHTTP

/// One request of a connection of HTTP/2, as the handlers of HTTP/1.1 see it.
@Suite struct `A stream of HTTP/2` {
    private let channel = EmbeddedChannel()

    init() throws {
        let early = EarlyAnswers(random: { 7 }, caller: { $0?.hashValue ?? 0 }, count: { _ in })
        try channel.pipeline.syncOperations.addHandler(HTTP2Stream(early))
        try channel.pipeline.syncOperations.addHandler(IdleConnection())
        channel.connect(to: try SocketAddress(unixDomainSocketPath: "none"), promise: nil)
    }

    private func ask(authority: String?, _ fields: HTTPFields = [:]) throws -> HTTPRequest? {
        try channel.writeInbound(
            HTTPRequestPart.head(
                HTTPRequest(method: .get, scheme: "https", authority: authority, path: "/", headerFields: fields)))
        guard case .head(let head)? = try channel.readInbound(as: HTTPRequestPart.self) else { return nil }
        return head
    }

    private let host = HTTPField.Name("host")

    private func hosts(_ values: String...) throws -> HTTPFields {
        let host = try #require(host)
        var fields = HTTPFields()
        for value in values { fields.append(HTTPField(name: host, value: value)) }
        return fields
    }

    @Test func `has its host once, by whichever name it came`() throws {
        let host = try #require(host)
        let plain = try #require(try ask(authority: "shop"))
        #expect(plain.authority == "shop")
        let other = try #require(try ask(authority: nil, hosts("shop")))
        #expect(other.authority == "shop" && other.headerFields[host] == nil)
        let both = try #require(try ask(authority: "shop", hosts("shop")))
        #expect(both.authority == "shop" && both.headerFields[host] == nil)
    }

    @Test func `that names two hosts keeps both, so that it is refused`() throws {
        let host = try #require(host)
        let other = try #require(try ask(authority: "shop", hosts("evil")))
        #expect(other.authority == "shop" && other.headerFields[host] == "evil")
        let two = try #require(try ask(authority: nil, hosts("shop", "evil")))
        #expect(two.authority == nil && two.headerFields[values: host] == ["shop", "evil"])
    }

    private func fields(_ count: Int) throws -> HTTPFields {
        var fields = HTTPFields()
        for number in 0..<count {
            fields.append(HTTPField(name: try #require(HTTPField.Name("x-\(number)")), value: "1"))
        }
        return fields
    }

    @Test func `has at most one hundred header fields, the host among them`() throws {
        #expect(try ask(authority: "shop", fields(99)) != nil)
        #expect(try channel.readOutbound(as: HTTPResponsePart.self) == nil)
    }

    @Test func `with more header fields is refused, and nothing of it is handed on`() throws {
        #expect(try ask(authority: "shop", fields(100)) == nil)
        guard case .head(let head)? = try channel.readOutbound(as: HTTPResponsePart.self),
            case .body(let body)? = try channel.readOutbound(as: HTTPResponsePart.self)
        else {
            Issue.record("there is no answer")
            return
        }
        #expect(head.status.code == 431 && head.headerFields[.connection] == nil)
        #expect(String(buffer: body).contains(#""fields_max":100"#))
        try channel.writeInbound(HTTPRequestPart.end(nil))
        #expect(try channel.readInbound(as: HTTPRequestPart.self) == nil)
    }

    @Test func `has answers that do not speak of the connection, in pieces`() throws {
        _ = try ask(authority: "shop")
        let head = HTTPResponse(status: .ok, headerFields: [.connection: "close", .contentType: "text/plain"])
        channel.pipeline.write(HTTPResponsePart.head(head), promise: nil)
        let bytes = (0..<40_000).map { UInt8(truncatingIfNeeded: $0) }
        channel.pipeline.write(HTTPResponsePart.body(ByteBuffer(bytes: bytes)), promise: nil)
        channel.pipeline.write(HTTPResponsePart.end(nil), promise: nil)
        channel.flush()
        guard case .head(let written)? = try channel.readOutbound(as: HTTPResponsePart.self) else {
            Issue.record("there is no answer")
            return
        }
        #expect(written.headerFields[.connection] == nil && written.headerFields[.contentType] == "text/plain")
        var pieces: [[UInt8]] = []
        while case .body(let buffer)? = try channel.readOutbound(as: HTTPResponsePart.self) {
            pieces.append(Array(buffer.readableBytesView))
        }
        #expect(pieces.map(\.count) == [16_384, 16_384, 7_232])
        #expect(pieces.flatMap { $0 } == bytes)
    }

    @Test func `ends when its client takes nothing of the answer for half a minute`() throws {
        _ = try ask(authority: "shop")
        channel.pipeline.write(HTTPResponsePart.head(HTTPResponse(status: .ok)), promise: nil)
        channel.pipeline.write(HTTPResponsePart.body(ByteBuffer(repeating: 1, count: 100_000)), promise: nil)
        channel.embeddedEventLoop.advanceTime(by: .seconds(29))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(61))
        #expect(!channel.isActive)
    }

    @Test func `stays when what was written is taken`() throws {
        _ = try ask(authority: "shop")
        channel.pipeline.write(HTTPResponsePart.head(HTTPResponse(status: .ok)), promise: nil)
        channel.pipeline.write(HTTPResponsePart.body(ByteBuffer(repeating: 1, count: 100_000)), promise: nil)
        channel.flush()
        channel.embeddedEventLoop.advanceTime(by: .seconds(3_600))
        #expect(channel.isActive)
    }
}
