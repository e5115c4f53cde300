import Foundation
import GRPCServing
import NIOCore
import RocketMQProto
import SwiftProtobuf
import Testing
import WaybillCore

@testable import RocketMQServer

/// What the face says in the words of the protocol.
@Suite struct `A refusal` {
    private static let codes: [(MessageRefusal, MQCode)] = [
        (.unknownTopic("t"), .topicNotFound), (.unknownGroup("g"), .consumerGroupNotFound),
        (.badName(what: "topic", name: "", problem: ""), .illegalTopic),
        (.badName(what: "group", name: "", problem: ""), .illegalConsumerGroup),
        (.badName(what: "client", name: "", problem: ""), .badRequest),
        (.badSetting("invisible", problem: ""), .illegalInvisibleTime),
        (.badSetting("max", problem: ""), .badRequest),
        (.wrongType("t", takes: .fifo, asked: .normal), .messagePropertyConflictWithType),
        (.badFilter(expression: "", problem: "", offset: 0), .illegalFilterExpression),
        (.staleReceipt(""), .invalidReceiptHandle), (.unknownMessage(""), .badRequest),
        (.alreadyVisible(at: Moment(milliseconds: 0)), .preconditionFailed),
        (.decidedAlready(""), .preconditionFailed), (.notForThisGroup("g", problem: ""), .forbidden),
        (.limit("", max: 1), .badRequest), (.overloaded("", retryAfter: .seconds(1)), .tooManyRequests),
        (.diskNearlyFull(freePercent: 1), .tooManyRequests), (.shuttingDown, .tooManyRequests),
        (.undone(""), .internalServerError), (.outcomeUnknown(""), .internalServerError),
    ]

    @Test(arguments: codes)
    func `has its code, and says what it says elsewhere`(_ refusal: MessageRefusal, _ code: MQCode) {
        let refused = Refused(refusal)
        #expect(refused.code == code)
        #expect(refused.message == refusal.message)
        #expect(!refused.isUnavailable)
    }

    private static let partCodes: [(MessageFlaw.Part, MQCode)] = [
        (.topic, .illegalTopic), (.group, .illegalConsumerGroup), (.id, .illegalMessageID),
        (.tag, .illegalMessageTag), (.key, .illegalMessageKey), (.messageGroup, .illegalMessageGroup),
        (.property, .illegalMessagePropertyKey), (.properties, .messagePropertiesTooLarge),
        (.body, .messageBodyTooLarge), (.deliverAt, .illegalDeliveryTime), (.batch, .payloadTooLarge),
        (.priority, .badRequest), (.lane, .badRequest), (.firstCheck, .badRequest),
    ]

    @Test(arguments: partCodes)
    func `of a message has the code of its part`(_ part: MessageFlaw.Part, _ code: MQCode) {
        #expect(Refused(.flawed(MessageFlaw(part, "it is wrong"))).code == code)
    }

    @Test func `of an engine that has stopped lets clients look elsewhere`() {
        #expect(Refused(.failStopped("why")).isUnavailable)
    }
}

@Suite struct `A name of the protocol` {
    private func resource(_ space: String, _ name: String) -> MQResource {
        var resource = MQResource()
        resource.resourceNamespace = space
        resource.name = name
        return resource
    }

    @Test func `has its namespace before it, also that of dead letters`() throws {
        #expect(try RocketMQFace.topic(resource("", "orders")) == "orders")
        #expect(try RocketMQFace.topic(resource("north", "orders")) == "north%orders")
        #expect(try RocketMQFace.topic(resource("north", "%DLQ%points")) == "%DLQ%north%points")
        #expect(try RocketMQFace.group(resource("north", "points")) == "north%points")
    }

    @Test(arguments: ["", "a b", "%RETRY%g", "RMQ_SYS_X", String(repeating: "x", count: 128), "\u{0}", "größe"])
    func `is refused when it is none`(_ name: String) {
        #expect(throws: Refused.self) { try RocketMQFace.topic(resource("", name)) }
    }

    @Test func `of a group has as many bytes as may be, and no more`() throws {
        _ = try RocketMQFace.group(resource("", String(repeating: "x", count: 120)))
        let refused = #expect(throws: Refused.self) {
            try RocketMQFace.group(resource("", String(repeating: "x", count: 121)))
        }
        #expect(refused?.code == .illegalConsumerGroup)
    }
}

@Suite struct `The wait of a receive` {
    private func wait(_ asked: Interval?, _ timeout: CallTimeout, _ request: Interval? = nil) -> Interval? {
        PollTime.wait(asked: asked, timeout: timeout, requestTimeout: request, .seconds(1) ... .seconds(20))
    }

    @Test func `is what is asked, within bounds and the client's own patience`() {
        #expect(wait(.seconds(5), .milliseconds(8_000)) == .seconds(5))
        #expect(wait(.seconds(40), .milliseconds(43_000)) == .seconds(20))
        #expect(wait(Interval(milliseconds: 10), .none) == .seconds(1))
        #expect(wait(.seconds(20), .milliseconds(3_000)) == Interval(milliseconds: 2_800))
    }

    @Test func `of a client that does not say is what it waits for the call, but for half of its usual time`() {
        #expect(wait(nil, .milliseconds(13_000)) == Interval(milliseconds: 11_500))
        #expect(wait(nil, .milliseconds(13_000), .seconds(10)) == .seconds(8))
        #expect(wait(nil, .none) == .seconds(20))
    }

    @Test func `is refused when no answer can come in time`() {
        #expect(wait(.seconds(1), .milliseconds(299)) == nil)
        #expect(wait(.seconds(1), .milliseconds(300)) == Interval(milliseconds: 100))
    }
}

@Suite struct `The digest of a body` {
    @Test func `is MD5 in capitals`() {
        let digest = BodyDigest.md5(of: Array("hello".utf8))
        #expect(digest.type == .md5 && digest.checksum == "5D41402ABC4B2A76B9719D911017C592")
    }

    @Test(arguments: [
        (MQDigestType.md5, "5d41402abc4b2a76b9719d911017c592"),
        (.sha1, "AAF4C61DDCC5E8A2DABEDE0F3B482CD9AEA9434D"), (.crc32, "3610A686"), (.crc32, "003610a686"),
    ])
    func `of a producer is right in either case, and with zeros before it`(_ type: MQDigestType, _ checksum: String) {
        var digest = MQDigest()
        digest.type = type
        digest.checksum = checksum
        #expect(BodyDigest.isRight(digest, of: Data("hello".utf8)))
        #expect(!BodyDigest.isRight(digest, of: Data("hallo".utf8)))
    }
}

@Suite struct `What comes back as it was` {
    @Test func `is the same after it was kept`() throws {
        var system = MQSystemProperties()
        system.bodyEncoding = .gzip
        system.bornHost = "shop-7.example"
        system.traceContext = "a|b|c"
        let born = Moment(milliseconds: 1_764_000_000_123)
        let note = WireNote(system, bornAt: born, due: born.advanced(by: .days(1)), type: .delay)
        #expect(WireNote(note.text) == note)
        #expect(note.encoding == .gzip && note.host == "shop-7.example" && note.trace == "a|b|c")
        #expect(note.bornAt == born && note.due == born.advanced(by: .days(1)) && note.type == .delay)
        #expect(note.text.byteCount <= NewMessage.faceNoteBytesMax)
    }

    @Test(arguments: ["", "||", "x|y|z|a|b|c", "99999999999999999999|7|-|99|h|t", "1|2|3|4|5"])
    func `is as if it had not been said when it makes no sense`(_ text: String) {
        let note = WireNote(Text(text))
        #expect(note.encoding == .identity && note.due == nil)
    }
}

@Suite struct `A time of the protocol` {
    @Test(arguments: [Int64.min, -1, 0, 1, Int64.max])
    func `ends at its bounds, whatever its numbers are`(_ seconds: Int64) {
        for nanos in [Int32.min, 0, Int32.max] {
            let duration = Google_Protobuf_Duration(seconds: seconds, nanos: nanos)
            if seconds == .max { #expect(duration.interval.milliseconds > Int64.max / 2) }
            if seconds == .min { #expect(duration.interval.milliseconds < Int64.min / 2) }
            let moment = Google_Protobuf_Timestamp(seconds: seconds, nanos: nanos).moment
            #expect((moment == nil) == (nanos < 0 || nanos > 999_999_999 || seconds.magnitude > 1 << 40))
        }
    }

    @Test func `is the same there and back`() {
        for milliseconds: Int64 in [-1_500, -1, 0, 1, 1_764_000_000_123] {
            let moment = Moment(milliseconds: milliseconds)
            #expect(Google_Protobuf_Timestamp(moment).moment == moment)
        }
    }
}

@Suite struct `A client of the remoting protocol` {
    @Test func `is told in its own form that it is wrong here`() throws {
        // As the Java client writes it: the number of the request stands behind its fields.
        let header =
            #"{"code":105,"extFields":{"topic":"TBW102","acceptStandardJsonOnly":"true"},"flag":0,"#
            + #""language":"JAVA","opaque":1234567890,"serializeTypeCurrentRPC":"JSON","version":453}"#
        var bytes: [UInt8] = []
        bytes += [0, 0, 0, UInt8(header.utf8.count + 4), 0, 0, 0, UInt8(header.utf8.count)]
        bytes += Array(header.utf8)
        for cut in [4, 8, 64, bytes.count - 1] { #expect(RemotingAnswer.to(Array(bytes.prefix(cut))) == .more) }
        guard case .answer(var answer) = RemotingAnswer.to(bytes) else {
            Issue.record("there is no answer")
            return
        }
        let length = answer.readInteger(as: UInt32.self)
        #expect(length.map { Int($0) } == answer.readableBytes)
        let text = try #require(answer.getString(at: answer.readerIndex + 4, length: answer.readableBytes - 4))
        #expect(text.contains("use a RocketMQ 5 client") && text.contains("\"opaque\":1234567890,"))
    }

    private static let others: [[UInt8]] = [
        Array("HELLO, you".utf8), [255, 255, 255, 255, 0, 0, 0, 1],
    ]

    @Test(arguments: others)
    func `is not taken for what it is not`(_ bytes: [UInt8]) {
        #expect(RemotingAnswer.to(bytes) == .unknown)
    }
}

@Suite struct `The properties of a client` {
    private func isTaken(_ properties: [String: String]) -> Bool {
        do throws(Refused) {
            try ClientProperties.check(properties)
            return true
        } catch {
            return false
        }
    }

    @Test func `are taken up to their bounds, and not beyond`() {
        func many(_ count: Int) -> [String: String] {
            Dictionary(uniqueKeysWithValues: (0..<count).map { ("p\($0)", "") })
        }
        #expect(isTaken(many(32)) && !isTaken(many(33)))
        func named(_ count: Int) -> [String: String] { [String(repeating: "n", count: count): "v"] }
        #expect(isTaken(named(64)) && !isTaken(named(65)))
        func valued(_ count: Int) -> [String: String] { ["n": String(repeating: "v", count: count)] }
        #expect(isTaken(valued(256)) && !isTaken(valued(257)))
        let large = Dictionary(
            uniqueKeysWithValues: (0..<17).map { ("p\($0 + 10)", String(repeating: "v", count: 240)) })
        #expect(!isTaken(large))
        #expect(isTaken(["lane": "grey", "a.b_c-1": "x"]))
        for name in ["", "1a", "a b", "rocketmq.x", "\u{e9}"] { #expect(!isTaken([name: "x"])) }
        #expect(!isTaken(["n": "a\nb"]))
    }
}
