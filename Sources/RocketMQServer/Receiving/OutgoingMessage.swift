import Foundation
import RocketMQProto
import SwiftProtobuf
import WaybillBroker
import WaybillCore

/// A message as consumers and producers get it.
extension MQMessage {
    /// A delivery.
    ///
    /// - Parameters:
    ///   - topic: the topic as it was asked for; dead letters come under it, and say where they were sent.
    ///   - storeHost: where it lies.
    init(_ delivery: Delivery, asked topic: MQResource, queues: Int, storeHost: String) {
        self.init()
        self.topic = topic
        body = Data(delivery.body)
        let note = WireNote(delivery.faceNote)
        // Built aside and put in once: each change in place would copy all that was set before.
        var system = Self.system(
            delivery.id, delivery.tag, delivery.keys, delivery.messageGroup, note, delivery.body)
        userProperties = Self.properties(delivery.properties)
        // A program that acts on it passes it on: what follows stays in its lane.
        if !delivery.lane.isEmpty { userProperties["lane"] = delivery.lane.string }
        if delivery.priority > 0 { system.priority = Int32(clamping: delivery.priority) }
        system.bornTimestamp = Google_Protobuf_Timestamp(note.bornAt ?? delivery.bornAt)
        system.storeTimestamp = Google_Protobuf_Timestamp(delivery.storedAt)
        system.storeHost = storeHost
        system.receiptHandle = delivery.receipt.text.string
        system.deliveryAttempt = Int32(clamping: delivery.attempt)
        system.queueOffset = delivery.place.offset
        system.queueID = Self.queue(of: delivery, queues)
        if topic.name.hasPrefix(ReservedNames.deadLetterPrefix) {
            system.deadLetterQueue.topic = delivery.topic.text.string
            system.deadLetterQueue.messageID = delivery.id.text.string
        }
        systemProperties = system
    }

    /// What a producer is asked about.
    ///
    /// - Parameter topic: as the producer names it; it decides under this name.
    init(_ question: CheckBack, of topic: MQResource) {
        self.init()
        self.topic = topic
        body = Data(question.message.body)
        let texts = question.message.texts
        let note = WireNote(question.message.faceNote)
        var system = Self.system(
            question.id, texts.tag, texts.keys, texts.messageGroup, note, question.message.body)
        userProperties = Self.properties(texts.properties)
        system.messageType = .transaction
        system.bornTimestamp = Google_Protobuf_Timestamp(note.bornAt ?? question.preparedAt)
        system.deliveryAttempt = 1
        systemProperties = system
    }

    /// Those that are not the broker's own.
    private static func properties(_ properties: [Text: Text]) -> [String: String] {
        var own: [String: String] = [:]
        for (name, value) in properties where !ReservedNames.isProperty(name) { own[name.string] = value.string }
        return own
    }

    private static func system(
        _ id: MessageID, _ tag: Text?, _ keys: [Text], _ messageGroup: Text?, _ note: WireNote, _ body: [UInt8]
    ) -> MQSystemProperties {
        var system = MQSystemProperties()
        system.messageID = id.text.string
        if let tag { system.tag = tag.string }
        system.keys = keys.map(\.string)
        if let messageGroup { system.messageGroup = messageGroup.string }
        system.bodyDigest = BodyDigest.md5(of: body)
        system.bodyEncoding = note.encoding
        system.messageType = note.type ?? (messageGroup == nil ? .normal : .fifo)
        if let due = note.due { system.deliveryTimestamp = Google_Protobuf_Timestamp(due) }
        system.bornHost = note.host
        if !note.trace.isEmpty { system.traceContext = note.trace }
        return system
    }

    /// A label, the same for all of a message group.
    private static func queue(of delivery: Delivery, _ queues: Int) -> Int32 {
        guard queues > 1 else { return 0 }
        let hash =
            delivery.messageGroup.map { group in
                group.string.utf8.reduce(UInt64(14_695_981_039_346_656_037)) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
            } ?? UInt64(bitPattern: delivery.place.offset)
        return Int32(clamping: hash % UInt64(queues))
    }
}
