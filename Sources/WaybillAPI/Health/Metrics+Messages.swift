import WaybillBroker
import WaybillCore
import WaybillEngine

/// What is counted of topics, groups and half messages.
extension MetricsText {
    mutating func write(messagesOf numbers: Numbers) {
        let counts = numbers.messages
        let topics = counts.sent.prefix(Numbers.labelsMax)
        write(.messagesSent, topics.map { ([("topic", $0.topic.text.string)], "\($0.messages)") })
        write(groups: counts)
        write(lags: numbers.lags)
        write(
            .deliveryDuration,
            counts.took.prefix(Numbers.labelsMax).map { ([("group", $0.group.text.string)], $0.buckets) },
            scale: 1_000)
        let file = numbers.file
        write(
            .halfMessages,
            [
                ([("state", "half")], "\(file.undecided - file.parkedHalves)"),
                ([("state", "parked")], "\(file.parkedHalves)"),
            ])
        let age = file.oldestHalf.map { max(Interval(milliseconds: 0), numbers.now.since($0)) }
        write(.halfMessageOldest, Self.seconds(age ?? Interval(milliseconds: 0)))
        write(.checksSent, "\(counts.checksSent)")
    }

    private mutating func write(groups counts: MessageCounts) {
        let rows = counts.groups
        let labels = { (row: MessageCounts.OfGroup) -> Labels in
            [("topic", row.topic.text.string), ("group", row.group.text.string)]
        }
        write(.messagesDelivered, rows.map { (labels($0), "\($0.delivered)") })
        write(.messagesAcknowledged, rows.map { (labels($0), "\($0.acknowledged)") })
        write(.messagesFailed, rows.map { (labels($0), "\($0.failed)") })
        write(.gap, rows.map { (labels($0), $0.hasGap ? "1" : "0") })
    }

    private mutating func write(lags: [GroupLag]) {
        let labels = { (lag: GroupLag) -> Labels in
            [("group", lag.group.text.string), ("topic", lag.topic.text.string)]
        }
        write(.lagMessages, lags.map { (labels($0), "\($0.messages)") })
        write(
            .lagSeconds, lags.map { (labels($0), Self.seconds($0.oldest ?? Interval(milliseconds: 0))) })
        write(.inFlight, lags.map { (labels($0), "\($0.inFlight)") })
        write(.heldBack, lags.map { (labels($0), $0.heldBack == nil ? "0" : "1") })
        var dead: [GroupName: Int64] = [:]
        for lag in lags { dead[lag.group, default: 0] += lag.dead }
        write(
            .deadLetters,
            dead.sorted { $0.key < $1.key }.map { group, count in
                ([("group", group.text.string)], "\(min(count, Int64(Numbers.countMax)))")
            })
    }
}
