import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import Testing
import WaybillAPI
import WaybillHTTP

/// Connections beyond those that may be open.
@Suite struct `The seats of connections` {
    private func counts(_ all: Int) -> ConnectionCounts {
        var limits = ConnectionCounts.Limits()
        limits.all = all
        return ConnectionCounts(limits)
    }

    private func connection(
        _ counts: ConnectionCounts, caller: @escaping @Sendable (String?) -> Int = { $0?.hashValue ?? 0 }
    ) throws -> EmbeddedChannel {
        let channel = EmbeddedChannel()
        channel.connect(to: try SocketAddress(unixDomainSocketPath: "none"), promise: nil)
        try channel.pipeline.syncOperations.addHandler(ConnectionSeat(counts))
        let early = EarlyAnswers(random: { 7 }, caller: caller, count: { _ in })
        for one in HTTPFace.guards(early) { try channel.pipeline.syncOperations.addHandler(one) }
        return channel
    }

    /// The status of what comes at once; nil: the request was handed on.
    private func ask(_ channel: EmbeddedChannel, token: String? = nil) throws -> Int? {
        var request = HTTPRequest(method: .get, scheme: "http", authority: "localhost", path: "/")
        request.headerFields[.authorization] = token
        try channel.writeInbound(HTTPRequestPart.head(request))
        try channel.writeInbound(HTTPRequestPart.end(nil))
        while try channel.readInbound(as: HTTPRequestPart.self) != nil {}
        var status: Int?
        while let part = try channel.readOutbound(as: HTTPResponsePart.self) {
            if case .head(let head) = part { status = head.status.code }
        }
        return status
    }

    private func answer(_ channel: EmbeddedChannel) throws {
        try channel.writeOutbound(HTTPResponsePart.head(HTTPResponse(status: .ok)))
        try channel.writeOutbound(HTTPResponsePart.end(nil))
        while try channel.readOutbound(as: HTTPResponsePart.self) != nil {}
    }

    @Test func `are as many as may be, one beyond is refused, and one that ends makes room`() throws {
        let counts = counts(4)
        let open = try (1...4).map { number in
            let channel = try connection(counts)
            #expect(try ask(channel, token: "t\(number)") == nil)
            return channel
        }
        let beyond = try connection(counts)
        #expect(try ask(beyond) == 503)
        beyond.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!beyond.isActive && counts.count == 4)
        open[0].close(promise: nil)
        #expect(counts.count == 3)
        let next = try connection(counts)
        #expect(try ask(next) == nil)
        #expect(counts.refusals.map(\.count) == [1, 0])
        withExtendedLifetime(open) {}
    }

    /// Otherwise a caller had as many as it has ways to write its token, or tokens that do not stand.
    @Test func `are counted by who calls, not by what it says`() throws {
        let counts = counts(8)
        let mine = try ["Bearer T", "bearer T", "Bearer  T", "BEARER T"].map { token in
            let channel = try connection(counts, caller: { _ in 7 })
            #expect(try ask(channel, token: token) == nil)
            return channel
        }
        let fifth = try connection(counts, caller: { _ in 7 })
        #expect(try ask(fifth, token: "Bearer T") == 503)
        withExtendedLifetime(mine) {}
    }

    @Test func `of one caller are half of all, and those of others are not touched`() throws {
        let counts = counts(8)
        let mine = try (1...4).map { _ in
            let channel = try connection(counts)
            #expect(try ask(channel, token: "mine") == nil)
            return channel
        }
        let fifth = try connection(counts)
        #expect(try ask(fifth, token: "mine") == 503)
        #expect(counts.count == 4, "it gives its place to others though it is still open")
        let other = try connection(counts)
        #expect(try ask(other, token: "other") == nil)
        fifth.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!fifth.isActive)
        mine[0].close(promise: nil)
        let next = try connection(counts)
        #expect(try ask(next, token: "mine") == nil)
        #expect(counts.refusals.map(\.limit) == ["connections", "connections_of_one"])
        #expect(counts.refusals.map(\.count) == [0, 1])
        withExtendedLifetime((mine, other)) {}
    }

    @Test func `belong to who asks last, so that a connection counts once`() throws {
        let counts = counts(4)
        let first = try connection(counts)
        let second = try connection(counts)
        for token in ["a", "b", "a", "b"] {
            for channel in [first, second] {
                #expect(try ask(channel, token: token) == nil)
                try answer(channel)
            }
        }
        first.close(promise: nil)
        second.close(promise: nil)
        #expect(counts.count == 0)
        let again = try (1...2).map { _ in try connection(counts) }
        for channel in again { #expect(try ask(channel, token: "b") == nil) }
    }

    @Test func `are not taken from a request whose answer is still to come`() throws {
        let counts = counts(2)
        let full = try connection(counts)
        #expect(try ask(full, token: "a") == nil)
        let mixed = try connection(counts)
        #expect(try ask(mixed, token: "b") == nil)
        #expect(try ask(mixed, token: "a") == nil, "its refusal would go before the first answer")
        withExtendedLifetime((full, mixed)) {}
    }

    @Test func `that were refused wait two seconds for a request, and not for ever`() throws {
        let counts = counts(1)
        let open = try connection(counts)
        let silent = try connection(counts)
        silent.embeddedEventLoop.advanceTime(by: .milliseconds(1_999))
        #expect(silent.isActive)
        silent.embeddedEventLoop.advanceTime(by: .milliseconds(1))
        #expect(!silent.isActive)
        withExtendedLifetime(open) {}
    }

    @Test func `beyond many that were refused are closed without a word`() throws {
        let counts = counts(1)
        let all = try (1...257).map { _ in try connection(counts) }
        let active = all.filter { $0.isActive }.count
        #expect(active == 257)
        let turnedAway = try connection(counts)
        turnedAway.embeddedEventLoop.run()
        #expect(!turnedAway.isActive)
        #expect(counts.count == 1)
        for one in all { one.close(promise: nil) }
        #expect(counts.count == 0)
        let next = try connection(counts)
        #expect(try ask(next) == nil)
    }
}
