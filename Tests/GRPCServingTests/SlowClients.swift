import GRPCServing
import NIOCore
import NIOHPACK
import NIOHTTP2
import Testing

private let one = ByteBuffer(string: "one")
private let mebibyte = 1 << 20

private func zeros(_ count: Int) -> ByteBuffer { ByteBuffer(repeating: 0, count: count) }

/// Clients that take their answers slowly, or not at all.
@Suite(.timeLimit(.minutes(1))) struct `An answer that is not taken` {
    /// A stream of one message of one mebibyte.
    private static func large(_ told: Told?) -> RPC {
        RPC(
            "/t.T/Large",
            .serverStream { _, call in
                call.finish(framed: MessageFraming.framed(zeros(mebibyte))) { told?.tell("written \($0)") }
            })
    }

    @Test func `comes whole as long as something of it is taken`() throws {
        let exchange = try Exchange(more: [Self.large(nil)])
        let id = try exchange.client.call("/t.T/Large", one)
        try exchange.pass()
        while exchange.client.status(of: id) == nil {
            try #require(exchange.client.reset(of: id) == nil && exchange.client.bytes(of: id) <= mebibyte)
            try exchange.advance(by: .seconds(29))
            try exchange.client.open(id, by: 64 << 10)
            try exchange.pass()
        }
        #expect(exchange.client.bytes(of: id) == mebibyte + 5)
        #expect(exchange.client.status(of: id) == 0)
    }

    @Test func `is dropped after its time, and who wrote it is told`() throws {
        let told = Told()
        let exchange = try Exchange(more: [Self.large(told)])
        let id = try exchange.client.call("/t.T/Large", one)
        try exchange.pass()
        try exchange.advance(by: .seconds(29))
        #expect(exchange.client.reset(of: id) == nil && told.all == [])
        try exchange.advance(by: .seconds(1))
        #expect(exchange.client.reset(of: id) == .cancel)
        #expect(told.all == ["written false"])
        #expect(exchange.client.isConnected)
    }

    @Test func `is dropped also when it is small, or one of many`() throws {
        let exchange = try Exchange(window: 0)
        let small = try exchange.client.call("/t.T/Echo", one)
        let talk = try exchange.client.begin("/t.T/Talk")
        for _ in 0..<3 { try exchange.client.send(MessageFraming.framed(one), in: talk) }
        try exchange.pass()
        #expect(exchange.client.bytes(of: talk) == 0)
        try exchange.advance(by: .seconds(30))
        #expect(exchange.client.reset(of: small) == .cancel)
        #expect(exchange.client.reset(of: talk) == .cancel)
        #expect(exchange.told.all == ["begun", "lost"])
    }

    @Test func `keeps its client from sending more, until it is taken`() throws {
        let exchange = try Exchange(window: 0) {
            $0.limits.unreadBytesOfConnectionMax = mebibyte
            $0.limits.callWindow = 128 << 10
            $0.limits.connectionWindow = 256 << 10
        }
        let talk = try exchange.client.begin("/t.T/Talk")
        for _ in 0..<100 { try exchange.client.send(MessageFraming.framed(zeros(64 << 10)), in: talk) }
        try exchange.pass()
        #expect(exchange.client.sentBytes < mebibyte + mebibyte / 2)
        for _ in 0..<100 {
            try exchange.client.open(talk, by: 64 << 10 + 5)
            try exchange.pass()
        }
        #expect(exchange.client.bytes(of: talk) == 100 * (64 << 10 + 5))
    }

    @Test func `keeps all clients from sending more that have some, when there are too many together`() throws {
        let exchange = try Exchange(clients: 4, window: 0) {
            $0.limits.unreadBytesMax = mebibyte
            $0.limits.callWindow = 128 << 10
            $0.limits.connectionWindow = 256 << 10
        }
        let talks = try exchange.clients.map { client in
            let talk = try client.begin("/t.T/Talk")
            for _ in 0..<20 { try client.send(MessageFraming.framed(zeros(64 << 10)), in: talk) }
            return talk
        }
        try exchange.pass()
        #expect(exchange.clients.reduce(0) { $0 + $1.sentBytes } < 3 * mebibyte)
        for _ in 0..<20 {
            for (client, talk) in zip(exchange.clients, talks) { try client.open(talk, by: 64 << 10 + 5) }
            try exchange.pass()
        }
        for (client, talk) in zip(exchange.clients, talks) { #expect(client.bytes(of: talk) == 20 * (64 << 10 + 5)) }
    }

    @Test func `makes others wait for room that would have more of them`() throws {
        let told = Told()
        let asks = RPC(
            "/t.T/Asks",
            .unary { bytes, call in
                call.whenRoom {
                    told.tell("room \(call.hasRoom)")
                    call.answer(bytes)
                }
            })
        let exchange = try Exchange(more: [Self.large(nil), asks]) {
            $0.limits.unreadBytesOfConnectionMax = mebibyte / 2
        }
        let large = try exchange.client.call("/t.T/Large", one)
        try exchange.pass()
        let asking = try exchange.client.call("/t.T/Asks", one)
        try exchange.pass()
        #expect(told.all == [])
        try exchange.client.open(large, by: mebibyte)
        try exchange.pass()
        #expect(told.all == ["room true"])
        #expect(exchange.client.status(of: asking) == 0)
    }
}

/// Clients that send their requests slowly, or in part.
@Suite(.timeLimit(.minutes(1))) struct `A request that has not come whole` {
    /// All of a message but its last byte.
    private func unfinished(_ count: Int) -> ByteBuffer {
        var bytes = MessageFraming.framed(zeros(count))
        return bytes.readSlice(length: count + 4) ?? ByteBuffer()
    }

    @Test func `has its time, and more as long as more of it comes`() throws {
        let exchange = try Exchange(window: 2 * mebibyte)
        let nothing = try exchange.client.begin("/t.T/Echo")
        let trickle = try exchange.client.begin("/t.T/Echo")
        let slow = try exchange.client.begin("/t.T/Echo")
        var bytes = MessageFraming.framed(zeros(mebibyte))
        try exchange.pass()
        for step in 1...64 {
            let more = bytes.readSlice(length: 16 << 10)
            try exchange.client.send(try #require(more), in: slow)
            if step < 4 { try exchange.client.send(zeros(1), in: trickle) }
            try exchange.advance(by: .seconds(10))
            for id in [nothing, trickle] { #expect(exchange.client.status(of: id) == (step < 3 ? nil : 14)) }
            try #require(exchange.client.status(of: slow) == nil)
        }
        try exchange.client.send(bytes, in: slow, ends: true)
        try exchange.pass()
        #expect(exchange.client.status(of: slow) == 0)
    }

    @Test func `is not waited for in a talk that says nothing`() throws {
        let exchange = try Exchange()
        let silent = try exchange.client.begin("/t.T/Talk")
        let broken = try exchange.client.begin("/t.T/Talk")
        try exchange.client.send(unfinished(100), in: broken)
        try exchange.pass()
        try exchange.advance(by: .seconds(30))
        #expect(exchange.client.status(of: broken) == 14)
        #expect(exchange.client.status(of: silent) == nil)
        #expect(exchange.told.all == ["begun", "begun", "lost"])
    }

    @Test func `is counted with all others, beyond which only small ones come on`() throws {
        let exchange = try Exchange(clients: 2) {
            $0.limits.unfinishedBytesMax = 8 * mebibyte
            $0.limits.callWindow = 64 << 10
        }
        var large: [HTTP2StreamID] = []
        for client in exchange.clients {
            for _ in 0..<16 {
                large.append(try client.begin("/t.T/Echo"))
                try client.send(unfinished(5 * mebibyte - 1), in: try #require(large.last))
            }
        }
        try exchange.pass()
        // What is over the bound came before it was reached: no more than the windows that were open.
        let sent = exchange.clients.reduce(0) { $0 + $1.sentBytes }
        #expect(sent > 8 * mebibyte && sent < 12 * mebibyte)
        for client in exchange.clients {
            let small = try client.call("/t.T/Echo", zeros(32 << 10))
            try exchange.pass()
            #expect(client.status(of: small) == 0)
        }
        // When others are given up, there is room.
        for id in large.prefix(15) { try exchange.clients[0].reset(id) }
        try exchange.pass()
        #expect(exchange.clients.reduce(0) { $0 + $1.sentBytes } > sent + mebibyte)
    }

    @Test func `is refused when it grows beyond twice the bound`() throws {
        let exchange = try Exchange { $0.limits.unfinishedBytesMax = 100 << 10 }
        let ids = try (0..<8).map { _ in
            let id = try exchange.client.begin("/t.T/Echo")
            try exchange.client.send(unfinished(128 << 10), in: id)
            return id
        }
        try exchange.pass()
        let statuses = ids.map { exchange.client.status(of: $0) }
        #expect(statuses.contains(14) && statuses.contains(nil))
        #expect(statuses.allSatisfy { $0 == nil || $0 == 14 })
    }

    @Test func `does not hold a server that stops, nor a call of which nothing came`() throws {
        let exchange = try Exchange()
        let none = try exchange.client.begin("/t.T/Echo")
        let half = try exchange.client.begin("/t.T/Echo")
        try exchange.client.send(unfinished(100), in: half)
        try exchange.pass()
        try exchange.drain()
        for id in [none, half] { #expect(exchange.client.status(of: id) == 14) }
        try exchange.advance(by: .seconds(1))
        #expect(!exchange.client.isConnected)
    }

    @Test func `is not kept when its headers are refused, nor read twice for what they say`() throws {
        let refusing = RPC(
            "/t.T/Refuse", .unary { bytes, call in call.answer(bytes) },
            onHeaders: { call in if call.head.value("x-name") == nil { call.answer(ByteBuffer(string: "no name")) } })
        let stream = RPC(
            "/t.T/RefuseStream", .serverStream { _, call in call.end() },
            onHeaders: { $0.finish(framed: MessageFraming.framed(ByteBuffer(string: "no name"))) })
        let noting = RPC(
            "/t.T/Note",
            .unary { _, call in call.answer(ByteBuffer(string: call.noted(String.self) ?? "nothing")) },
            onHeaders: { call in if let name = call.head.value("x-name") { call.note(name) } })
        let exchange = try Exchange(more: [refusing, stream, noting])
        for path in ["/t.T/Refuse", "/t.T/RefuseStream"] {
            let id = try exchange.client.begin(path)
            try exchange.pass()
            #expect(exchange.client.headers(of: id).count == 2)
            #expect(exchange.client.bytes(of: id) == "no name".utf8.count + 5)
            #expect(exchange.client.status(of: id) == 0)
            #expect(exchange.client.reset(of: id) == .noError)
        }
        let noted = try exchange.client.begin("/t.T/Note", ["x-name": "shop"])
        try exchange.client.send(MessageFraming.framed(one), in: noted, ends: true)
        try exchange.pass()
        #expect(exchange.client.bytes(of: noted) == "shop".utf8.count + 5)
    }
}

/// What a client of HTTP/2 does wrong in one call is that call's matter alone.
@Suite(.timeLimit(.minutes(1))) struct `A fault in one call` {
    @Test func `tells what serves a talk that it is over`() throws {
        for bytes in [[2, 0, 0, 0, 1], [1, 0, 0, 0, 1], [0, 0, 0x50, 0, 1]] as [[UInt8]] {
            let exchange = try Exchange()
            let talk = try exchange.client.begin("/t.T/Talk")
            try exchange.client.send(ByteBuffer(bytes: bytes), in: talk)
            try exchange.pass()
            #expect(exchange.told.all == ["begun", "lost"], "\(bytes)")
            #expect(exchange.client.status(of: talk) == (bytes[0] == 1 ? 12 : 13))
        }
    }

    @Test func `leaves the others be when more was sent than was let`() throws {
        let exchange = try Exchange { $0.limits.callWindow = 32 << 10 }
        let waiting = try exchange.client.call("/t.T/Wait", one)
        let talk = try exchange.client.begin("/t.T/Talk")
        try exchange.pass()
        var frame = ByteBuffer(bytes: [0, 0xC0, 0, 0, 0])
        frame.writeInteger(UInt32(Int(talk)))
        frame.writeImmutableBuffer(zeros(0xC000))
        try exchange.client.sendRaw(frame)
        try exchange.pass()
        #expect(exchange.client.reset(of: talk) == .flowControlError)
        #expect(exchange.told.all == ["waits", "begun", "lost"])
        #expect(exchange.client.isConnected)
        #expect(exchange.client.reset(of: waiting) == nil)
        let other = try exchange.client.call("/t.T/Echo", one)
        try exchange.pass()
        #expect(exchange.client.status(of: other) == 0)
    }

    @Test func `says what is spoken instead of what is compressed`() throws {
        let exchange = try Exchange()
        let compressed = try exchange.client.begin("/t.T/Echo", ["grpc-encoding": "gzip"])
        try exchange.pass()
        #expect(exchange.client.status(of: compressed) == 12)
        #expect(exchange.client.headers(of: compressed).last?.first(name: "grpc-accept-encoding") == "identity")
    }

    @Test func `does not take from a client that is slow what it is to be told before the server stops`() throws {
        let exchange = try Exchange(window: 16 << 10)
        let id = try exchange.client.call("/t.T/Echo", zeros(100 << 10))
        try exchange.pass()
        try exchange.drain()
        while exchange.client.status(of: id) == nil {
            try #require(exchange.client.isConnected)
            try exchange.advance(by: .seconds(5))
            try exchange.client.open(id, by: 16 << 10)
            try exchange.pass()
        }
        #expect(exchange.client.bytes(of: id) == 100 << 10 + 5)
        try exchange.advance(by: .seconds(1))
        #expect(!exchange.client.isConnected)
    }
}
