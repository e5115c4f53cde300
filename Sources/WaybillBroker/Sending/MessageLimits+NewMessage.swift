package import WaybillCore

/// What a whole message is checked for before it is taken in.
extension MessageLimits {
    /// Throws what is wrong with a message, whatever its topic.
    package func check(_ message: NewMessage) throws(MessageFlaw) {
        try check(topic: message.topic)
        if let id = message.id { try check(id: id.text) }
        if let tag = message.tag { try check(tag: tag) }
        for key in message.keys { try check(key: key) }
        if let group = message.messageGroup { try check(messageGroup: group) }
        for (name, value) in message.properties { try check(property: name, value: value) }
        try check(
            properties: message.properties.lazy.map { (name: $0.key, value: $0.value) }, tag: message.tag,
            keys: message.keys)
        if let trace = message.trace { try check(trace: trace) }
        try check(lane: message.lane)
        try check(priority: Int64(message.priority))
        try check(bodyBytes: message.body.count)
        if message.messageGroup != nil, message.priority != 0 {
            throw MessageFlaw(
                .priority, "a message with a message group keeps its place in it; leave priority or group out")
        }
    }

    /// Throws what is wrong with messages that are sent together.
    package func check(batch messages: [NewMessage]) throws(MessageFlaw) {
        var bytes = 0
        for message in messages { bytes += message.body.count }
        try check(batchOf: messages.count, bodyBytes: bytes)
        for message in messages { try check(message) }
    }
}

extension NewMessage {
    /// What RocketMQ calls a message like this. Said by what it is, not by its sender.
    package var type: TopicType { deliverAt != nil ? .delay : messageGroup != nil ? .fifo : .normal }
}

extension TopicType {
    /// Whether a topic of this type takes a message of that one.
    package func takes(_ type: TopicType) -> Bool { self == .mixed || self == type }
}
