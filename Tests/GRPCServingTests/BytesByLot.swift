import NIOCore
import Testing

@testable import GRPCServing

/// Valid bytes that are changed by lot: nothing that a client sends may end the server, and it means the same however
/// it is cut. The same seed draws the same bytes on every machine.
@Suite(.timeLimit(.minutes(1))) struct `Bytes drawn by lot` {
    private static let cases = 2_000

    private static let samples: [[UInt8]] = [
        Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8), [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00],
        Array("GET / HTTP/1.1\r\nhost: a\r\n\r\n".utf8), Array("OPTIONS * HTTP/1.1\r\n\r\n".utf8),
        [0, 0, 0, 9, 0, 0, 0, 2, 123, 125],
    ]

    @Test(arguments: [UInt64(1), 2, 3, 4])
    func `at the beginning of a connection are decided once`(seed: UInt64) {
        var dice = ByteDice(seed: seed)
        for number in 0..<Self.cases {
            let bytes = dice.changed(dice.pick(Self.samples), among: Self.samples)
            let all = FirstBytesVerdict(ByteBuffer(bytes: bytes).readableBytesView, nil)
            for count in 0...bytes.count {
                let early = FirstBytesVerdict(ByteBuffer(bytes: bytes.prefix(count)).readableBytesView, nil)
                guard early != .more else { continue }
                #expect(early == all, "seed \(seed), case \(number): \(bytes) at \(count)")
                break
            }
            let long = ByteBuffer(bytes: bytes + [UInt8](repeating: 0, count: FirstBytesVerdict.otherBytesMax))
            #expect(
                FirstBytesVerdict(long.readableBytesView, { _ in .more }) != .more,
                "seed \(seed), case \(number): \(bytes)")
        }
    }

    @Test(arguments: [UInt64(1), 2, 3, 4])
    func `of a call are the same messages however they are cut`(seed: UInt64) {
        var dice = ByteDice(seed: seed)
        for number in 0..<Self.cases {
            let messages = (0..<dice.below(4)).map { _ in dice.bytes(dice.below(50)) }
            let sound = messages.flatMap { Array(MessageFraming.framed(ByteBuffer(bytes: $0)).readableBytesView) }
            let isChanged = dice.below(2) == 0
            let bytes = isChanged ? dice.changed(sound, among: [sound]) : sound
            let whole = read([bytes])
            if !isChanged {
                #expect(
                    whole.messages == messages && whole.fault == nil && whole.left == 0, "seed \(seed), case \(number)")
            }
            var cuts: [[UInt8]] = []
            var rest = bytes[...]
            while !rest.isEmpty {
                let piece = rest.prefix(1 + dice.below(12))
                cuts.append(Array(piece))
                rest = rest.dropFirst(piece.count)
            }
            #expect(read(cuts) == whole, "seed \(seed), case \(number): \(bytes)")
        }
    }

    private struct Reading: Equatable {
        var messages: [[UInt8]] = []
        var fault: MessageFraming.Fault?
        var left = 0
    }

    private func read(_ pieces: [[UInt8]]) -> Reading {
        var framing = MessageFraming(messageBytesMax: 50)
        var reading = Reading()
        for piece in pieces {
            framing.add(ByteBuffer(bytes: piece))
            do throws(MessageFraming.Fault) {
                while let message = try framing.next() { reading.messages.append(Array(message.readableBytesView)) }
            } catch {
                reading.fault = error
            }
        }
        reading.left = framing.waitingBytes
        return reading
    }
}

/// Random bytes and random changes of bytes (SplitMix64).
struct ByteDice: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }

    mutating func below(_ count: Int) -> Int { Int(next() % UInt64(max(1, count))) }

    mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) } }

    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }

    /// One to four changes: of bits, bytes and pieces, or a piece of another sample.
    mutating func changed(_ sample: [UInt8], among samples: [[UInt8]]) -> [UInt8] {
        var bytes = sample
        for _ in 0...below(4) {
            let at = below(bytes.count + 1)
            let some = min(bytes.count - at, 1 + below(8))
            switch below(8) {
            case 0 where at < bytes.count: bytes[at] ^= 1 << UInt8(below(8))
            case 1 where at < bytes.count: bytes[at] = pick([0, 1, 0x7F, 0x80, 0xFF])
            case 2: bytes.insert(contentsOf: self.bytes(1 + below(8)), at: at)
            case 3: bytes.removeSubrange(at..<at + some)
            case 4: bytes.insert(contentsOf: bytes[at..<at + some], at: below(bytes.count + 1))
            case 5: bytes = Array(bytes.prefix(at))
            case 6: bytes.insert(contentsOf: [UInt8](repeating: 0xFF, count: 1 + below(10)), at: at)
            default:
                let other = pick(samples)
                let begin = below(other.count + 1)
                bytes.insert(contentsOf: other[begin..<min(other.count, begin + 1 + below(16))], at: at)
            }
        }
        return bytes
    }
}
