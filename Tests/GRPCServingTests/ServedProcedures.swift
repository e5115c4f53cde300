import GRPCServing
import NIOCore
import Synchronization

/// Procedures for tests, and what they were told.
final class Told: Sendable {
    private let open = Mutex<[Call]>([])
    private let events = AsyncStream.makeStream(of: String.self)
    private let heard = Mutex<[String]>([])

    /// All that has happened.
    var all: [String] { heard.withLock { $0 } }

    var rpcs: [RPC] {
        [
            RPC("/t.T/Echo", .unary { bytes, call in call.answer(bytes) }),
            RPC("/t.T/Small", .unary { bytes, call in call.answer(bytes) }, tooLarge: ByteBuffer(string: "too large")),
            // Three answers, in one piece.
            RPC(
                "/t.T/Thrice",
                .serverStream { bytes, call in
                    var all = ByteBuffer()
                    for _ in 0..<3 { all.writeImmutableBuffer(MessageFraming.framed(bytes)) }
                    call.finish(framed: all) { [self] in tell("written \($0)") }
                }),
            // Never answered, until the server ends.
            RPC(
                "/t.T/Wait",
                .unary { [self] bytes, call in
                    tell("waits")
                    call.onLost { [self] in
                        tell("lost")
                        call.end()
                    }
                    open.withLock { $0.append(call) }
                }),
            // Answered when the test says so.
            RPC(
                "/t.T/Late",
                .unary { [self] _, call in
                    open.withLock { $0.append(call) }
                    tell("waits")
                }),
            RPC(
                "/t.T/Talk",
                .bothWays { [self] call in
                    tell("begun")
                    call.onLost { [self] in
                        tell("lost")
                        call.end()
                    }
                    open.withLock { $0.append(call) }
                    return RPC.Listener(onMessage: { call.answer($0) }, onEnd: { call.end() })
                }),
        ]
    }

    func tell(_ event: String) {
        heard.withLock { $0.append(event) }
        events.continuation.yield(event)
    }

    /// Waits for the next thing that happened.
    func next() async -> String? {
        for await event in events.stream { return event }
        return nil
    }

    /// Answers what is open, and tells whether that was written.
    func answerAll() {
        for call in open.withLock({ $0 }) {
            call.answer(ByteBuffer(string: "late")) { [self] in tell("written \($0)") }
        }
    }

    /// Ends what is open, as a server does that stops.
    func endAll() { for call in open.withLock({ $0 }) { call.end(RPCStatus(.unavailable, "it stops")) } }
}
