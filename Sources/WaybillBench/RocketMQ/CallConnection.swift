import Foundation

/// One HTTP/2 connection of the client with any number of calls under way. It says no more than a server needs, so that
/// little of the cores goes to the client.
final class CallConnection {
    let file: Int32
    private var headers: RequestHeaders
    private var input: [UInt8] = []
    private var output: [UInt8] = []
    private var calls: [UInt32: OpenCall] = [:]
    private var nextStream: UInt32 = 1
    /// Bytes of answers since the server was told that it may send on.
    private var taken = 0

    private struct OpenCall {
        let procedure: CalledProcedure
        let slot: Int
        let sentAt: Int64
        var answer: [UInt8] = []
    }

    /// A call that has ended.
    struct Ended {
        let slot: Int
        let sentAt: Int64
        let answer: CallAnswer
    }

    private static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
    private static let window: UInt32 = 1 << 30

    init(to target: CallTarget, client: Int) throws {
        file = try LoadConnection.connected(to: target.host, target.port)
        headers = RequestHeaders(target.headers(client: client))
        output = Self.preface
        // No pushed streams, and windows that are never full.
        frame(.settings, stream: 0, [0, 2] + Self.bytes(0) + [0, 4] + Self.bytes(Self.window))
        frame(.windowUpdate, stream: 0, Self.bytes(Self.window))
        try flush()
    }

    deinit { close(file) }

    /// Begins a call; it goes out with ``flush()``.
    func call(_ procedure: CalledProcedure, _ message: [UInt8], slot: Int, at moment: Int64) {
        let stream = nextStream
        nextStream += 2
        calls[stream] = OpenCall(procedure: procedure, slot: slot, sentAt: moment)
        frame(.headers, flags: 4, stream: stream, headers.block(procedure))
        let prefix = [0] + Self.bytes(UInt32(message.count))
        let all = prefix + message
        var rest = all[...]
        while rest.count > Self.frameMax {
            frame(.data, stream: stream, Array(rest.prefix(Self.frameMax)))
            rest = rest.dropFirst(Self.frameMax)
        }
        frame(.data, flags: 1, stream: stream, Array(rest))
    }

    /// Sends what has been written; it fits into the socket, because a server of ours always reads.
    func flush() throws {
        var sent = 0
        while sent < output.count {
            let count = output.withUnsafeBytes { bytes in
                send(file, bytes.baseAddress?.advanced(by: sent), bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw BenchmarkFailure("the server has hung up") }
            sent += count
        }
        output.removeAll(keepingCapacity: true)
    }

    /// Reads what has come; answers the calls that have ended.
    func receive(_ scratch: UnsafeMutableRawBufferPointer) throws -> [Ended] {
        let count = recv(file, scratch.baseAddress, scratch.count, 0)
        guard count > 0 else { throw BenchmarkFailure("the server has hung up before it answered") }
        input.append(contentsOf: scratch[..<count])
        var ended: [Ended] = []
        var at = 0
        while input.count - at >= Self.headBytes {
            let length = Int(input[at]) << 16 | Int(input[at + 1]) << 8 | Int(input[at + 2])
            guard input.count - at >= Self.headBytes + length else { break }
            let stream = (5...8).reduce(UInt32(0)) { $0 << 8 | UInt32(input[at + $1]) }
            let payload = at + Self.headBytes..<at + Self.headBytes + length
            if let call = try take(Frame(rawValue: input[at + 3]), flags: input[at + 4], stream, payload) {
                ended.append(call)
            }
            at += Self.headBytes + length
        }
        input.removeFirst(at)
        return ended
    }

    private static let headBytes = 9
    private static let frameMax = 16_384

    private enum Frame: UInt8 {
        case data = 0
        case headers = 1
        case reset = 3
        case settings = 4
        case ping = 6
        case goAway = 7
        case windowUpdate = 8
    }

    private func take(
        _ kind: Frame?, flags: UInt8, _ stream: UInt32, _ payload: Range<Int>
    ) throws -> Ended? {
        switch kind {
        case .data:
            taken += payload.count
            if taken >= 1 << 20 {
                frame(.windowUpdate, stream: 0, Self.bytes(UInt32(taken)))
                taken = 0
            }
            calls[stream]?.answer += input[payload]
            return try end(stream, flags)
        case .headers: return try end(stream, flags)
        case .reset: throw BenchmarkFailure("the server has reset a call")
        case .goAway: throw BenchmarkFailure("the server has ended a connection")
        case .settings: if flags & 1 == 0 { frame(.settings, flags: 1, stream: 0, []) }
        case .ping: if flags & 1 == 0 { frame(.ping, flags: 1, stream: 0, Array(input[payload])) }
        case .windowUpdate, nil: break
        }
        return nil
    }

    private func end(_ stream: UInt32, _ flags: UInt8) throws -> Ended? {
        guard flags & 1 == 1, let call = calls.removeValue(forKey: stream) else { return nil }
        guard !call.answer.isEmpty else { throw BenchmarkFailure("a call has ended without an answer") }
        return Ended(slot: call.slot, sentAt: call.sentAt, answer: CallAnswer(call.procedure, call.answer))
    }

    private func frame(_ kind: Frame, flags: UInt8 = 0, stream: UInt32, _ payload: [UInt8]) {
        let length = Self.bytes(UInt32(payload.count))
        output += length[1...]
        output += [kind.rawValue, flags]
        output += Self.bytes(stream)
        output += payload
    }

    private static func bytes(_ number: UInt32) -> [UInt8] {
        [UInt8(number >> 24), UInt8(number >> 16 & 255), UInt8(number >> 8 & 255), UInt8(number & 255)]
    }
}
