package import WaybillCore

/// Messages, as JSON.
extension JSONWriter {
    /// The fields of a message; the object is the caller's.
    package mutating func message(_ message: MessageView) {
        envelope(message)
        member("born_at", message.bornAt)
        member("stored_at", message.storedAt)
        // Bytes that are no text are repaired; `body_bytes` says how many there are.
        member("body", Text(String(decoding: message.body, as: UTF8.self)))
        member("body_bytes", Int64(message.body.count))
    }

    /// The same of a message whose body its reader may not see.
    package mutating func message(_ message: MessageView, hiddenBytes: Int64) {
        envelope(message)
        member("born_at", message.bornAt)
        member("stored_at", message.storedAt)
        member("body_bytes", hiddenBytes)
    }

    /// What is written on a message: everything but its body and its times.
    mutating func envelope(_ message: MessageView) {
        member("id", message.id.text)
        member("topic", message.topic.text)
        member("tag", ifAny: message.tag)
        members("keys", message.keys) { $0.text($1) }
        member("message_group", ifAny: message.messageGroup)
        member("lane", message.lane)
        member("priority", Int64(message.priority))
        key("properties")
        texts(message.properties)
        member("order", ifAny: message.order?.text)
    }
}

/// Half messages, as JSON: nothing of what they say.
extension JSONWriter {
    package mutating func halfMessage(_ half: HalfMessageView) {
        beginObject()
        member("id", half.id.text)
        member("topic", half.topic.text)
        member("producer", half.producer)
        if half.isAnsweredByJournal { member("answered_by", "journal") }
        member("prepared_at", half.preparedAt)
        member("checks", half.checks)
        member("parked", half.isParked)
        if let next = half.nextCheckAt { member("next_check_at", next) }
        member("transaction", half.transaction)
        endObject()
    }

    package mutating func delayed(_ message: DelayedMessageView) {
        beginObject()
        member("id", message.id.text)
        member("topic", message.topic.text)
        member("tag", ifAny: message.tag)
        member("lane", message.lane)
        member("priority", Int64(message.priority))
        member("born_at", message.bornAt)
        member("deliver_at", message.due)
        member("recall", message.recallHandle)
        endObject()
    }

    package mutating func decided(_ decided: DecidedMessage) {
        beginObject()
        member("id", decided.id.text)
        member("resolution", Text(decided.resolution.rawValue))
        if let at = decided.at { member("decided_at", at) }
        endObject()
    }
}
