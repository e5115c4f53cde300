import Foundation
import RocketMQProto
import WaybillCore

/// A message as it came over the wire, checked as far as its topic is not needed for it.
struct IncomingMessage {
    private(set) var message: NewMessage
    /// Whether it waits for the end of its producer's transaction.
    private(set) var isHalf = false
    /// How long its producer has before it is asked first; nil: as the settings say.
    private(set) var firstCheck: Interval?

    private static let limits = MessageLimits()
    private static let bornWithin = Interval.days(1)

    /// - Parameter delayMax: the longest wait before it is delivered.
    init(_ wire: MQMessage, to topic: TopicName, at now: Moment, delayMax: Interval) throws(Refused) {
        let system = wire.systemProperties
        try Self.check(wire)
        message = NewMessage(to: topic, body: Array(wire.body))
        message.id = MessageID(Text(system.messageID))
        message.texts.tag = system.hasTag ? Text(system.tag) : nil
        message.texts.keys = system.keys.map { Text($0) }
        message.texts.messageGroup = system.hasMessageGroup ? Text(system.messageGroup) : nil
        message.texts.properties = Dictionary(
            wire.userProperties.map { (Text($0.key), Text($0.value)) }
        ) { first, _ in first }
        message.texts.lane = Text(wire.userProperties["lane"] ?? "")
        message.priority = system.hasPriority ? Int(min(max(system.priority, 0), 9)) : 0
        message.texts.trace = Self.trace(of: wire)
        var due: Moment?
        if system.hasDeliveryTimestamp {
            due = try Self.due(system, at: now, delayMax: delayMax)
            if let due, due > now { message.deliverAt = due }
        }
        try takeType(of: system, hasTime: system.hasDeliveryTimestamp)
        message.faceNote =
            WireNote(
                system, bornAt: Self.born(system, at: now), due: due, type: kind(system)
            ).text
    }

    private static func check(_ wire: MQMessage) throws(Refused) {
        guard !wire.body.isEmpty else {
            throw Refused(.messageBodyEmpty, "the body is empty; send a byte at least")
        }
        guard wire.body.count <= limits.bodyBytesMax else {
            throw Refused(
                .messageBodyTooLarge,
                "the body has \(wire.body.count) bytes; at most \(limits.bodyBytesMax) are allowed")
        }
        guard !Text(wire.systemProperties.messageID).isBlank else {
            throw Refused(.illegalMessageID, "the message has no id")
        }
        let digest = wire.systemProperties.bodyDigest
        guard digest.checksum.isEmpty || BodyDigest.isRight(digest, of: wire.body) else {
            throw Refused(.messageCorrupted, "the body is not the one of its digest")
        }
    }

    /// What kind of message it is, by what it says of itself.
    private mutating func takeType(of system: MQSystemProperties, hasTime: Bool) throws(Refused) {
        switch system.messageType {
        case .lite:
            throw Refused(.messagePropertyConflictWithType, "lite messages are not served")
        case .transaction:
            guard !hasTime else {
                throw Refused(
                    .messagePropertyConflictWithType,
                    "a message of a transaction becomes visible when it is committed; leave the time out")
            }
            isHalf = true
            if system.hasOrphanedTransactionRecoveryDuration {
                firstCheck = system.orphanedTransactionRecoveryDuration.interval
            }
        case .normal, .fifo, .delay, .priority, .unspecified, .UNRECOGNIZED: break
        }
    }

    private func kind(_ system: MQSystemProperties) -> MQMessageType {
        if isHalf { return .transaction }
        if system.hasDeliveryTimestamp { return .delay }
        if system.hasMessageGroup { return .fifo }
        return message.priority > 0 ? .priority : .normal
    }

    private static func due(
        _ system: MQSystemProperties, at now: Moment, delayMax: Interval
    ) throws(Refused) -> Moment {
        guard let due = system.deliveryTimestamp.moment, due.since(now) <= delayMax else {
            throw Refused(
                .illegalDeliveryTime,
                "the delivery time is not within \(delayMax.milliseconds / 86_400_000) days from now")
        }
        return due
    }

    /// When it was made, unless its producer's clock says nonsense.
    private static func born(_ system: MQSystemProperties, at now: Moment) -> Moment {
        guard system.hasBornTimestamp, let born = system.bornTimestamp.moment,
            abs(born.since(now).milliseconds) <= bornWithin.milliseconds
        else { return now }
        return born
    }

    /// W3C trace context, wherever a client puts it; nil: none, or not one.
    private static func trace(of wire: MQMessage) -> Text? {
        [wire.userProperties["traceparent"], wire.systemProperties.traceContext].lazy.compactMap { $0 }
            .first { $0.utf8.count == 55 && $0.utf8.allSatisfy { $0 == UInt8(ascii: "-") || isHexadecimal($0) } }
            .map { Text($0) }
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }
}
