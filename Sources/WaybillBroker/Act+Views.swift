import WaybillCore

extension EventName {
    /// A delayed message was taken back, or moved, by hand.
    static let messageByHand: EventName = "$message_by_hand"
}

/// What the audit says of topics, groups and look-backs.
extension Act {
    /// - Parameter what: what became of it.
    init(_ topic: TopicView, has what: String) {
        let settings = topic.settings
        self.init(
            "$topic",
            [
                "topic": .text(topic.name.text.string), "was": .text(what), "type": .text(settings.type.rawValue),
                "queues": .number(Int64(settings.queues)), "bytes_max": .number(Int64(settings.bytesMax)),
                "retention": .text(settings.retention.text),
            ])
    }

    /// - Parameter what: what became of it.
    init(_ group: GroupView, has what: String) {
        let settings = group.settings
        self.init(
            "$group",
            [
                "group": .text(group.name.text.string), "was": .text(what), "fifo": .flag(settings.isFIFO),
                "broadcast": .flag(settings.isBroadcast), "max_attempts": .number(Int64(settings.attemptsMax)),
                "ladder": .texts(settings.ladder.map(\.text)), "invisible": .text(settings.invisible.text),
                "starts_at": .text(settings.startsAt.rawValue),
            ])
    }
}

extension LookBackTarget {
    /// Where it goes, as it is written outside.
    var words: String {
        switch self {
        case .oldest: "oldest"
        case .newest: "newest"
        case .time(let moment): moment.iso8601
        case .message(let position): "\(position)"
        }
    }
}
