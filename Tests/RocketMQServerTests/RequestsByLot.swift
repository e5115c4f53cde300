import Foundation
import GRPCServing
import NIOCore
import RocketMQProto
import SwiftProtobuf
import Testing
import WaybillCore

@testable import RocketMQServer

/// Requests that are changed by lot: nothing that a client sends may end the server, and what is taken keeps to the
/// rules. The same seed draws the same bytes on every machine.
@Suite(.timeLimit(.minutes(1))) struct `Requests drawn by lot` {
    private static let cases = 3_000
    private static let now = Moment(milliseconds: 1_764_000_000_000)
    private static let delayMax = Interval.days(366)

    private static func sample(_ change: (inout MQMessage) -> Void) throws -> [UInt8] {
        var message = MQMessage()
        message.topic.name = "orders"
        message.body = Data("hello".utf8)
        message.systemProperties.messageID = "m-1"
        message.systemProperties.bornTimestamp = Google_Protobuf_Timestamp(now)
        message.systemProperties.bornHost = "shop-7"
        change(&message)
        var request = MQSendMessageRequest()
        request.messages = [message]
        return try request.serializedBytes()
    }

    private static func samples() throws -> [[UInt8]] {
        [
            try sample { _ in },
            try sample { message in
                message.systemProperties.tag = "paid"
                message.systemProperties.keys = ["a", "b"]
                message.systemProperties.messageGroup = "ann"
                message.userProperties = [
                    "amount": "7", "lane": "grey", "traceparent": String(repeating: "0", count: 55),
                ]
                message.systemProperties.bodyDigest = BodyDigest.md5(of: Array("hello".utf8))
                message.systemProperties.bodyEncoding = .gzip
            },
            try sample { message in
                message.systemProperties.deliveryTimestamp = Google_Protobuf_Timestamp(now.advanced(by: .days(1)))
                message.systemProperties.bodyDigest.type = .crc32
                message.systemProperties.bodyDigest.checksum = "3610A686"
                message.systemProperties.priority = 5
            },
            try sample { message in
                message.systemProperties.messageType = .transaction
                message.systemProperties.orphanedTransactionRecoveryDuration = Google_Protobuf_Duration(.seconds(60))
                message.systemProperties.traceContext = "a|b|c"
            },
        ]
    }

    @Test(arguments: [UInt64(1), 2, 3, 4])
    func `to send are refused, or taken as the rules are`(seed: UInt64) throws {
        var dice = ByteDice(seed: seed)
        let samples = try Self.samples()
        var (taken, refused, unread) = (0, 0, 0)
        for number in 0..<Self.cases {
            let bytes =
                number % 2 == 0
                ? dice.changed(dice.pick(samples), among: samples) : try Self.sample { dice.change(&$0) }
            _ = FieldCount.isBounded(ByteBuffer(bytes: bytes))
            let request: MQSendMessageRequest
            do { request = try MQSendMessageRequest(wire: ByteBuffer(bytes: bytes)) } catch {
                unread += 1
                continue
            }
            for message in request.messages {
                do throws(Refused) {
                    let topic = try RocketMQFace.topic(message.topic)
                    let one = try IncomingMessage(message, to: topic, at: Self.now, delayMax: Self.delayMax).message
                    taken += 1
                    #expect(isSound(one), "seed \(seed), case \(number): \(bytes)")
                } catch {
                    refused += 1
                    #expect(error.code != .unspecified && !error.message.isEmpty, "seed \(seed), case \(number)")
                }
            }
        }
        // All three happen, or nothing is tried.
        #expect(taken > 100 && refused > 100 && unread > 100, "\(taken) taken, \(refused) refused, \(unread) unread")
    }

    private func isSound(_ message: NewMessage) -> Bool {
        let note = message.faceNote.map { $0.byteCount <= NewMessage.faceNoteBytesMax } ?? true
        let due = message.deliverAt.map { $0 > Self.now && $0.since(Self.now) <= Self.delayMax } ?? true
        let trace = message.trace.map { $0.byteCount == 55 } ?? true
        return note && due && trace && (0...9).contains(message.priority) && !message.body.isEmpty
    }

    @Test(arguments: [UInt64(1), 2, 3, 4])
    func `of the other protocol are answered whatever they say`(seed: UInt64) {
        let header = Array(#"{"code":105,"language":"JAVA","opaque":1234567890,"version":453}"#.utf8)
        let sample: [UInt8] = [0, 0, 0, UInt8(header.count + 4), 0, 0, 0, UInt8(header.count)] + header
        var dice = ByteDice(seed: seed)
        for number in 0..<Self.cases {
            let bytes = dice.changed(sample, among: [sample])
            let all = RemotingAnswer.to(bytes)
            for count in 0...bytes.count {
                let early = RemotingAnswer.to(Array(bytes.prefix(count)))
                guard early != .more else { continue }
                #expect(early == all, "seed \(seed), case \(number): \(bytes) at \(count)")
                break
            }
        }
    }

    @Test(arguments: [UInt64(1), 2, 3, 4])
    func `with credentials drawn by lot say who signed, or nothing`(seed: UInt64) {
        let samples = [
            "MQv2-HMAC-SHA1 Credential=wb-1/region/service, SignedHeaders=x-mq-date-time, "
                + "Signature=0123456789abcdef0123456789ABCDEF01234567",
            "20261130T224210Z", "2026-11-30T22:42:10+08:00", "1764000000123|2|1764000000123|3|shop-7|a|b",
        ].map { Array($0.utf8) }
        var dice = ByteDice(seed: seed)
        for number in 0..<Self.cases {
            let text = String(decoding: dice.changed(dice.pick(samples), among: samples), as: UTF8.self)
            if let found = Authorization(text) {
                #expect(found.signature.count == 20, "seed \(seed), case \(number): \(text)")
            }
            _ = SignedDate(text)?.isFresh(at: Self.now)
            let note = WireNote(Text(text))
            #expect(WireNote(note.text) == note, "seed \(seed), case \(number): \(text)")
        }
    }
}

extension ByteDice {
    private mutating func text() -> String {
        let texts = [
            "", " ", "a", "a|b", "a\u{0}b", "\u{10FFFF}", "e12-0", "%DLQ%g", "KEYS", String(repeating: "x", count: 300),
        ]
        return below(3) == 0 ? String(decoding: bytes(below(9)), as: UTF8.self) : pick(texts)
    }

    private mutating func number() -> Int64 {
        pick([0, 1, -1, .max, .min, 253_402_300_799, 1_764_000_000, 1_764_000_060, Int64(truncatingIfNeeded: next())])
    }

    /// One to three fields of a message say something else.
    mutating func change(_ message: inout MQMessage) {
        for _ in 0...below(3) {
            switch below(14) {
            case 0: message.topic.name = text()
            case 1: message.topic.resourceNamespace = text()
            case 2: message.body = Data(bytes(below(40)))
            case 3: message.systemProperties.messageID = text()
            case 4: message.systemProperties.tag = text()
            case 5: message.systemProperties.keys = [text(), text()]
            case 6: message.systemProperties.messageGroup = text()
            case 7: message.userProperties[text()] = text()
            case 8: message.systemProperties.priority = Int32(truncatingIfNeeded: number())
            case 9:
                message.systemProperties.deliveryTimestamp.seconds = number()
                message.systemProperties.deliveryTimestamp.nanos = Int32(truncatingIfNeeded: number())
            case 10: message.systemProperties.orphanedTransactionRecoveryDuration.seconds = number()
            case 11:
                message.systemProperties.bodyDigest.checksum = text()
                message.systemProperties.bodyDigest.type = MQDigestType(rawValue: below(5)) ?? .unspecified
            case 12: message.systemProperties.messageType = MQMessageType(rawValue: below(9)) ?? .unspecified
            default:
                message.systemProperties.bornTimestamp.seconds = number()
                message.systemProperties.bornHost = text()
                message.systemProperties.traceContext = text()
            }
        }
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
