package import WaybillCore

/// What is known of one message.
extension Members {
    package func trace() throws(ClientFailure) -> MessageTrace {
        var groups: [GroupName: MessageTrace.GroupStanding] = [:]
        for group in try objects("groups") { groups[GroupName(try group.text("group"))] = try group.groupStanding() }
        var happenings: [MessageTrace.Happening] = []
        for happening in try objects("deliveries") {
            happenings.append(
                MessageTrace.Happening(
                    at: try happening.time("at"), kind: try happening.word("what"),
                    group: GroupName(try happening.text("group")), client: try happening.text("client"),
                    attempt: try happening.int("attempt")))
        }
        return MessageTrace(
            id: MessageID(try text("id")), topic: TopicName(try text("topic")), bornAt: try time("born_at"),
            standing: try standing(), groups: groups, happenings: happenings,
            happeningsSince: try time("deliveries_since"))
    }

    private func standing() throws(ClientFailure) -> MessageTrace.Standing {
        switch try text("standing") {
        case "delayed": .delayed(until: try time("delayed_until"))
        case "half": .half(checks: try int("checks"), isParked: false)
        case "half_parked": .half(checks: try int("checks"), isParked: true)
        case "visible": .visible(since: try time("visible_since"))
        case "recalled": .recalled(at: try time("decided_at"))
        case "rolled_back": .rolledBack(at: try time("decided_at"))
        case let other: throw ClientFailure(.unreadable, "the answer's standing is '\(other)'")
        }
    }

    private func groupStanding() throws(ClientFailure) -> MessageTrace.GroupStanding {
        switch try text("standing") {
        case "waiting": .waiting
        case "started": .started
        case "comes_again": .comesAgain(attempt: try int("deliveries"), at: try timeIfAny("comes_again_at"))
        case "parked": .parked(attempt: try int("deliveries"))
        case "dead": .dead
        case "finished": .finished
        case "not_subscribed": .notSubscribed
        case let other: throw ClientFailure(.unreadable, "the answer's standing is '\(other)'")
        }
    }
}
