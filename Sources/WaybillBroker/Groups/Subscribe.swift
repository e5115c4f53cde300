package import WaybillCore
import WaybillStore
package import WaybillTimeouts

/// Tells a group what its consumers want.
package struct Subscribe: BrokerVerb {
    package static let isOfReceiving = true

    var group: GroupName
    var subscription: Subscription

    package init(_ group: GroupName, _ subscription: Subscription) {
        self.group = group
        self.subscription = subscription
    }

    package func perform(on broker: Broker, in write: borrowing Write) throws -> BrokerReply<Void> {
        try broker.subscribe(group, subscription, in: write)
    }
}

extension Broker {
    /// Notes that a group's consumers use an expression for a topic, and opens its cursors on the topic's queues.
    func subscribe(
        _ name: GroupName, _ subscription: Subscription, in write: borrowing Write
    ) throws -> BrokerReply<Void> {
        guard var row = try groupNumber(name, in: write) else { return .refused(.unknownGroup(name)) }
        guard var topic = try TopicState(subscription.topic, in: write.transaction) else {
            return .refused(.unknownTopic(subscription.topic))
        }
        if topic.name == .deadLetters(of: name) {
            return .refused(.notForThisGroup(name, problem: "its own dead letters come back by redrive"))
        }
        guard !subscription.expression.hasZero else {
            return .refused(
                .badFilter(
                    expression: subscription.expression.string.filter { $0 != "\0" },
                    problem: "U+0000 in a text; leave it out", offset: 0))
        }
        let filter: MessageFilter
        do throws(ExpressionProblem) {
            filter = try MessageFilter(subscription.kind, subscription.expression)
        } catch {
            return .refused(
                .badFilter(
                    expression: subscription.expression.string, problem: error.message, offset: error.offset))
        }
        if let refusal = refusal(ofNew: subscription.key(of: topic), of: row) { return .refused(refusal) }
        let start = try start(of: row, in: &topic, in: write)
        _ = try write.transaction.keepFilter(
            group: row.number, topic: topic.number, type: subscription.kind, expression: subscription.expression,
            at: write.now)
        pending.topics[topic.name] = topic
        pending.filters.append(
            (
                row.number, topic.name, subscription.key(of: topic),
                FilterUse(filter: filter, usedAt: world.uptime(), storedAt: world.uptime())
            ))
        if write.now.since(row.lastUsedAt) >= .hours(1) {
            row.lastUsedAt = write.now
            try write.transaction.updateGroup(row)
            pending.groups[row.number] = row
        }
        if !row.isBroadcast {
            for queue in topic.queues {
                try openCursor(CursorKey(group: row.number, queue: queue.number), at: start, in: write)
            }
        }
        return .done
    }

    /// Where a group begins in queues of a topic that it does not know yet.
    ///
    /// At the newest it begins only in a topic that it has never read: a queue that comes later holds what was sent
    /// since. So that it is known which topics those are, it is given a first queue in one that has none.
    private func start(
        of group: GroupRow, in topic: inout TopicState, in write: borrowing Write
    ) throws -> GroupStart {
        guard group.startsAt == .newest, !group.isBroadcast else { return .oldest }
        guard !topic.queues.contains(where: { epoch(of: CursorKey(group: group.number, queue: $0.number)) != nil })
        else { return .oldest }
        if topic.queues.isEmpty {
            let first = try write.transaction.keepStoredQueue(topic: topic.name, lane: "", priority: 0, at: write.now)
            topic = try TopicState(topic.name, in: write.transaction) ?? topic
            try open(new: first, of: topic, in: write)
        }
        return .newest
    }

    /// Why a group may use no other expression for a topic now; nil: it uses this one already, or has room for it.
    private func refusal(ofNew key: FilterUse.Key, of group: GroupRow) -> MessageRefusal? {
        let uptime = world.uptime()
        var used = committed { $0.filtersInUse(of: key.topic, in: group.number, at: uptime, settings) }
        used += pending.filters.filter { $0.group == group.number && $0.key.topic == key.topic }.map(\.key)
        guard !used.contains(key), Set(used).count >= settings.filtersMax else { return nil }
        return .limit(
            "filter expressions that the group \(group.name) uses for one topic; \(Set(used).count) are in use, and "
                + "one is free \(settings.filterUse.text) after its last receive", max: settings.filtersMax)
    }
}
