import Foundation
import GRPCServing
import Logging
import NIOCore
import NIOSSL
import Synchronization
import Testing

/// The same port with TLS and without.
@Suite(.timeLimit(.minutes(1))) struct `A port with TLS` {
    private let one = ByteBuffer(string: "one")
    private let tls: NIOSSLContext

    /// Good from the end of 2025 for ten years.
    init() throws { tls = try SelfSigned.context(at: Date(timeIntervalSince1970: 1_764_000_000)) }

    @Test func `serves with TLS and in plain text beside it`() async throws {
        try await serving({ $0.tls = { [tls] in tls } }) { port, _ in
            for isSecure in [true, false] {
                let peer = try await Peer.connect(to: port, isSecure: isSecure)
                for number in 0..<100 {
                    let answer = try await peer.call("/t.T/Echo", ByteBuffer(string: "\(number)"))
                    try #require(answer == .init(status: "200", grpcStatus: 0, data: ["\(number)"]))
                }
                try await peer.close()
            }
        }
    }

    @Test func `carries a large message and a stream`() async throws {
        try await serving({ $0.tls = { [tls] in tls } }) { port, _ in
            let peer = try await Peer.connect(to: port, isSecure: true)
            let large = ByteBuffer(repeating: UInt8(ascii: "x"), count: 4 << 20)
            #expect(try await peer.call("/t.T/Echo", large).data == [String(buffer: large)])
            #expect(try await peer.call("/t.T/Thrice", one).data == ["one", "one", "one"])
            try await peer.close()
        }
    }

    @Test func `closes a connection without TLS where none may be`() async throws {
        try await serving({
            $0.tls = { [tls] in tls }
            $0.isPlain = false
        }) { port, _ in
            let secure = try await Peer.connect(to: port, isSecure: true)
            #expect(try await secure.call("/t.T/Echo", one).data == ["one"])
            try await secure.close()
            await #expect(throws: (any Error).self) {
                let plain = try await Peer.connect(to: port)
                _ = try await plain.call("/t.T/Echo", one)
            }
        }
    }

    @Test func `closes a connection with TLS where there is none`() async throws {
        try await serving { port, _ in
            await #expect(throws: (any Error).self) {
                let peer = try await Peer.connect(to: port, isSecure: true)
                _ = try await peer.call("/t.T/Echo", one)
            }
        }
    }

    @Test func `shows each new connection the certificate of its time`() async throws {
        let shown = Mutex(0)
        try await serving({
            $0.tls = { [tls] in
                shown.withLock { $0 += 1 }
                return tls
            }
        }) { port, _ in
            for _ in 0..<3 {
                let peer = try await Peer.connect(to: port, isSecure: true)
                #expect(try await peer.call("/t.T/Echo", one).data == ["one"])
                try await peer.close()
            }
        }
        #expect(shown.withLock { $0 } == 3)
    }
}

/// A server that has room for a number of connections.
@Suite(.timeLimit(.minutes(1))) struct `Seats of connections` {
    private let one = ByteBuffer(string: "one")

    @Test func `are as many as there are, and free again when a connection has ended`() async throws {
        let room = Room(2)
        try await serving({ $0.seat = { room.enter() } }) { port, _ in
            let first = try await Peer.connect(to: port)
            #expect(try await first.call("/t.T/Echo", one).data == ["one"])
            let second = try await Peer.connect(to: port)
            #expect(try await second.call("/t.T/Echo", one).data == ["one"])
            await #expect(throws: (any Error).self) {
                let third = try await Peer.connect(to: port)
                _ = try await third.call("/t.T/Echo", one)
            }
            try await first.close()
            await room.hasRoom()
            let fourth = try await Peer.connect(to: port)
            #expect(try await fourth.call("/t.T/Echo", one).data == ["one"])
        }
    }
}

/// A number of places.
private final class Room: Sendable {
    private struct Place: Seat {
        let room: Room

        func claim(for caller: Int) -> Bool { true }

        func leave() { room.leave() }
    }

    private let free: Mutex<Int>
    private let (left, leaves) = AsyncStream.makeStream(of: Void.self)

    init(_ count: Int) { free = Mutex(count) }

    func enter() -> (any Seat)? {
        free.withLock { free in
            guard free > 0 else { return nil }
            free -= 1
            return Place(room: self)
        }
    }

    /// Waits until a connection has left.
    func hasRoom() async { _ = await left.first { _ in true } }

    private func leave() {
        free.withLock { $0 += 1 }
        leaves.yield()
    }
}
