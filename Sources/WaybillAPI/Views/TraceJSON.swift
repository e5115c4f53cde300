package import WaybillCore

/// What is known of one message, as JSON.
extension JSONWriter {
    package mutating func trace(_ trace: MessageTrace) {
        beginObject()
        member("id", trace.id.text)
        member("topic", trace.topic.text)
        member("born_at", trace.bornAt)
        standing(trace.standing)
        members("groups", trace.groups.sorted { $0.key < $1.key }) { writer, group in
            writer.beginObject()
            writer.member("group", group.key.text)
            writer.member("standing", group.value.name)
            switch group.value {
            case .comesAgain(let attempt, let at):
                writer.member("deliveries", attempt)
                if let at { writer.member("comes_again_at", at) }
            case .parked(let attempt): writer.member("deliveries", attempt)
            case .waiting, .started, .dead, .finished, .notSubscribed: break
            }
            writer.endObject()
        }
        members("deliveries", trace.happenings) { writer, happening in
            writer.beginObject()
            writer.member("at", happening.at)
            writer.member("what", Text(happening.kind.rawValue))
            writer.member("group", happening.group.text)
            writer.member("client", happening.client)
            writer.member("attempt", happening.attempt)
            writer.endObject()
        }
        member("deliveries_since", trace.happeningsSince)
        endObject()
    }

    private mutating func standing(_ standing: MessageTrace.Standing) {
        switch standing {
        case .delayed(let until):
            member("standing", "delayed")
            member("delayed_until", until)
        case .half(let checks, let isParked):
            member("standing", isParked ? "half_parked" : "half")
            member("checks", checks)
        case .visible(let since):
            member("standing", "visible")
            member("visible_since", since)
        case .recalled(let at):
            member("standing", "recalled")
            member("decided_at", at)
        case .rolledBack(let at):
            member("standing", "rolled_back")
            member("decided_at", at)
        }
    }
}

extension MessageTrace.GroupStanding {
    fileprivate var name: Text {
        switch self {
        case .waiting: "waiting"
        case .started: "started"
        case .comesAgain: "comes_again"
        case .parked: "parked"
        case .dead: "dead"
        case .finished: "finished"
        case .notSubscribed: "not_subscribed"
        }
    }
}
