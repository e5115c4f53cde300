import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import Testing
import WaybillAPI
import WaybillHTTP

/// Bodies that come too slowly, on a connection whose time the test turns.
@Suite struct `The body of a request` {
    private let channel = EmbeddedChannel()

    init() throws {
        let early = EarlyAnswers(random: { 7 }, caller: { $0?.hashValue ?? 0 }, count: { _ in })
        try channel.pipeline.syncOperations.addHandler(RequestDeadline(early))
        channel.connect(to: try SocketAddress(unixDomainSocketPath: "none"), promise: nil)
    }

    private func begin() throws {
        try channel.writeInbound(
            HTTPRequestPart.head(HTTPRequest(method: .post, scheme: "http", authority: "localhost", path: "/")))
    }

    private func send(_ count: Int) throws {
        try channel.writeInbound(HTTPRequestPart.body(ByteBuffer(repeating: 0x20, count: count)))
    }

    private func answer() throws {
        try channel.writeOutbound(HTTPResponsePart.head(HTTPResponse(status: .ok)))
        try channel.writeOutbound(HTTPResponsePart.end(nil))
    }

    /// The status of the next answer; nil: there is none.
    private func status() throws -> Int? {
        while let part = try channel.readOutbound(as: HTTPResponsePart.self) {
            if case .head(let head) = part { return head.status.code }
        }
        return nil
    }

    @Test func `has ten seconds, and then a problem ends the connection`() throws {
        try begin()
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(9_999))
        #expect(try status() == nil && channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(1))
        guard case .head(let head)? = try channel.readOutbound(as: HTTPResponsePart.self),
            case .body(let body)? = try channel.readOutbound(as: HTTPResponsePart.self)
        else { throw Missing() }
        #expect(head.status.code == 408 && head.headerFields[.connection] == "close")
        #expect(String(buffer: body).contains(#""code":"request_timeout""#))
        #expect(!channel.isActive)
    }

    @Test func `has a second more for each 64 KiB that have come`() throws {
        try begin()
        try send(128 * 1_024)
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(11_999))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(1))
        #expect(try status() == 408)
    }

    @Test func `that is there keeps its connection, however long the answer takes`() throws {
        try begin()
        try channel.writeInbound(HTTPRequestPart.end(nil))
        channel.embeddedEventLoop.advanceTime(by: .seconds(3_600))
        #expect(channel.isActive)
        try answer()
        #expect(try status() == 200)
        try begin()
        channel.embeddedEventLoop.advanceTime(by: .seconds(10))
        #expect(try status() == 408)
    }

    @Test func `is not answered twice when the request was refused before it came`() throws {
        try begin()
        try answer()
        #expect(try status() == 200)
        channel.embeddedEventLoop.advanceTime(by: .seconds(10))
        #expect(try status() == nil && !channel.isActive)
    }

    @Test func `waits for the answers to earlier requests of its connection`() throws {
        try begin()
        try channel.writeInbound(HTTPRequestPart.end(nil))
        try begin()
        channel.embeddedEventLoop.advanceTime(by: .seconds(15))
        #expect(try status() == nil)
        try answer()
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(try status() == 200)
        #expect(try status() == 408)
    }

    private struct Missing: Error {}
}

/// A server puts on every connection what ends slow and idle ones.
@Suite struct `The guards of a connection` {
    private let channel = EmbeddedChannel()

    init() throws {
        let early = EarlyAnswers(random: { 7 }, caller: { $0?.hashValue ?? 0 }, count: { _ in })
        for one in HTTPFace.guards(early) { try channel.pipeline.syncOperations.addHandler(one) }
        channel.connect(to: try SocketAddress(unixDomainSocketPath: "none"), promise: nil)
    }

    @Test func `end one whose body comes too slowly`() throws {
        try channel.writeInbound(
            HTTPRequestPart.head(HTTPRequest(method: .post, scheme: "http", authority: "localhost", path: "/")))
        channel.embeddedEventLoop.advanceTime(by: .seconds(10))
        guard case .head(let head)? = try channel.readOutbound(as: HTTPResponsePart.self) else {
            Issue.record("there is no answer")
            return
        }
        #expect(head.status.code == 408 && !channel.isActive)
    }

    @Test func `end one without a request`() {
        channel.embeddedEventLoop.advanceTime(by: .seconds(29))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(31))
        #expect(!channel.isActive)
    }

    @Test func `are there once, the one that watches for a client that goes among them`() {
        let early = EarlyAnswers(random: { 7 }, caller: { $0?.hashValue ?? 0 }, count: { _ in })
        let names = HTTPFace.guards(early).map { "\(type(of: $0))" }
        #expect(names == ["ConnectionGuards", "ClientWatch"])
    }
}
