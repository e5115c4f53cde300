package import WaybillCore

/// Topics and groups, as JSON.
extension JSONWriter {
    package mutating func topic(_ topic: TopicView) {
        beginObject()
        member("name", topic.name.text)
        member("type", Text(topic.settings.type.rawValue))
        member("queues", Int64(topic.settings.queues))
        member("bytes_max", topic.settings.bytesMax)
        member("retention", Text(topic.settings.retention.text))
        member("created_at", topic.createdAt)
        endObject()
    }

    package mutating func group(_ group: GroupView) {
        beginObject()
        member("name", group.name.text)
        member("fifo", group.settings.isFIFO)
        member("broadcast", group.settings.isBroadcast)
        member("max_attempts", group.settings.attemptsMax)
        members("ladder", group.settings.ladder) { $0.text(Text($1.text)) }
        member("invisible", Text(group.settings.invisible.text))
        member("created_at", group.createdAt)
        if !group.createdBy.isEmpty { member("created_by", group.createdBy) }
        member("last_used_at", group.lastUsedAt)
        member("idle", group.isIdle)
        if group.settings.startsAt != .oldest { member("starts_at", Text(group.settings.startsAt.rawValue)) }
        endObject()
    }
}

/// Where groups are, as JSON.
extension JSONWriter {
    /// How far a group is behind on a topic.
    package mutating func lag(_ lag: GroupLag) {
        beginObject()
        member("group", lag.group.text)
        member("topic", lag.topic.text)
        member("owed", lag.messages)
        member("waiting", lag.waiting)
        member("in_flight", lag.inFlight)
        member("due", lag.due)
        member("ready", lag.ready)
        member("behind", lag.behind)
        member("dead", lag.dead)
        member("finished", lag.finished)
        if let oldest = lag.oldest { member("oldest_ms", oldest.milliseconds) }
        member("held_back", ifAny: lag.heldBack.map { Text($0) })
        endObject()
    }

    package mutating func lookBack(_ report: LookBackReport) {
        beginObject()
        member("group", report.group.text)
        member("topic", report.topic.text)
        member("preview", report.isPreview)
        member("effects", Text(report.effects.rawValue))
        members("queues", report.queues) { writer, queue in
            writer.beginObject()
            writer.member("lane", queue.lane)
            writer.member("priority", Int64(queue.priority))
            writer.member("again", queue.again)
            writer.member("passed_over", queue.passedOver)
            if let from = queue.passedOverFrom { writer.member("passed_over_from", from) }
            if let to = queue.passedOverTo { writer.member("passed_over_to", to) }
            writer.member("recalled", queue.recalled)
            writer.endObject()
        }
        endObject()
    }

    package mutating func deadLetter(_ letter: DeadLetter) {
        beginObject()
        deadLetterMembers(letter)
        endObject()
    }

    /// The same without its braces.
    mutating func deadLetterMembers(_ letter: DeadLetter) {
        member("id", letter.id.text)
        member("topic", letter.topic.text)
        member("died_at", letter.diedAt)
        member("state", Text(letter.state.rawValue))
        member("why", letter.reason)
    }

    package mutating func lane(_ lane: LaneView) {
        beginObject()
        member("name", lane.name)
        members("topics", lane.topics) { $0.text($1.text) }
        member("closed", lane.isClosed)
        members("served_in", lane.servedIn) { $0.text($1.text) }
        endObject()
    }

    package mutating func laneReport(_ report: LaneReport) {
        beginObject()
        member("lane", report.lane)
        member("end", Text(report.end.rawValue))
        members("shares", report.shares) { writer, share in
            writer.beginObject()
            writer.member("group", share.group.text)
            writer.member("topic", share.topic.text)
            writer.member("priority", Int64(share.priority))
            writer.member("sent", share.sent)
            writer.member("finished", share.finished)
            writer.member("in_flight", share.inFlight)
            writer.member("owed", share.owed)
            writer.member("waiting", share.waiting)
            writer.endObject()
        }
        endObject()
    }
}

/// What a topic holds, as JSON.
extension JSONWriter {
    package mutating func retention(_ report: RetentionReport) {
        beginObject()
        member("topic", report.topic.text)
        member("messages", report.messages)
        member("bytes", report.bytes)
        member("bytes_max", report.bytesMax)
        member("goes_by_time", report.goesByTime)
        member("bytes_beyond_size", report.bytesBeyondSize)
        members("claims", report.claims) { writer, claim in
            writer.beginObject()
            writer.member("group", claim.group.text)
            writer.member("owed", claim.owed)
            writer.member("last_used_at", claim.lastUsedAt)
            writer.member("idle", claim.isIdle)
            writer.member("gap", claim.gapBelow != nil)
            writer.endObject()
        }
        endObject()
    }
}
