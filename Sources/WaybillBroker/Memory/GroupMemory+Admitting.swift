import WaybillCore
import WaybillStore

/// What memory says to a receive before it looks anywhere.
enum Admission {
    case refused(MessageRefusal)
    /// The group must be told of the topic or the expression first.
    case unknown
    /// The same attempt was answered before.
    case again(GroupNumber, [RememberedBatches.Element])
    /// It looks at queues.
    case queues(Admitted)
    /// It looks at queues in which everything goes to every client.
    case broadcast(Admitted)
}

/// A receive that was let in, until it ends.
struct Admitted: Sendable {
    var group: GroupNumber
    /// Queues to look at, in this order.
    var queues: [StoredQueueNumber]
    /// What there was when it came.
    var seen: GroupMemory.ChangeMark?
    /// Bytes that it may read: as many as a batch may hold, and as all receives together have left. With none left it
    /// still gets one message.
    var readingBytes: Int
}

/// How a receive ended.
enum ReceiveEnd {
    /// It took all that it could.
    case tookAll
    /// It may have left something.
    case mayHaveLeft
    /// It could not read.
    case failed
}

extension GroupMemory.State {
    /// Notes that a client is there, and says what comes next.
    mutating func admit(
        _ request: ReceiveRequest, at now: Moment, uptime: Interval, _ settings: BrokerSettings
    ) -> Admission {
        guard !isEnding else { return .refused(.shuttingDown) }
        guard let number = names[request.group] else { return .refused(.unknownGroup(request.group)) }
        guard groups[number]?.see(request.client, lane: request.lane, at: now) != false else {
            return .refused(
                .limit(
                    "clients of the group \(request.group) in the last ten minutes; give each consumer one name, "
                        + "and keep it", max: GroupState.clientsMax))
        }
        guard let topic = topics[request.subscription.topic],
            let group = groups[number],
            let use = group.filters[request.subscription.key(of: topic)],
            use.isStored(at: uptime, settings),
            group.row.isBroadcast || group.knows(topic.queues)
        else { return .unknown }
        groups[number]?.filters[request.subscription.key(of: topic)]?.usedAt = uptime
        forgetFilters(of: topic, in: number, at: uptime, settings)
        if let attempt = RememberedBatches.Key(request), let batch = group.batches[attempt] {
            return .again(number, batch)
        }
        var admitted = Admitted(
            group: number, queues: [], seen: seen(number, topic.name),
            readingBytes: min(settings.batchBytesMax, max(0, settings.readingBytesMax - readingBytes)))
        readingBytes += admitted.readingBytes
        if group.row.isBroadcast {
            groups[number]?.clients[request.client]?.begin(topic, at: ends)
            admitted.queues = topic.queues.map(\.number)
            return .broadcast(admitted)
        }
        groups[number]?.receives &+= 1
        admitted.queues = queues(of: topic, for: request, in: group, at: now, settings)
        return .queues(admitted)
    }

    /// Forgets expressions that no consumer has used for long; what was left for them is looked at again.
    private mutating func forgetFilters(
        of topic: TopicState, in group: GroupNumber, at uptime: Interval, _ settings: BrokerSettings
    ) {
        let old = groups[group]?.filters.filter {
            $0.key.topic == topic.number && !$0.value.isInUse(at: uptime, settings)
        }
        guard let old, !old.isEmpty else { return }
        for key in old.keys { groups[group]?.filters[key] = nil }
        unusedFilters[group, default: 0] += 1
        groups[group]?.lookAgain(in: topic)
    }

    /// Takes back what a receive was given when it was admitted, remembers its batch, and lets the next one of its like
    /// look if it may have left something, or if a bound stood in its way.
    mutating func endReceive(
        _ admitted: Admitted, _ request: ReceiveRequest, _ end: ReceiveEnd, leases: [GrantedLease],
        _ settings: BrokerSettings
    ) -> [@Sendable () -> Void] {
        readingBytes -= admitted.readingBytes
        if let attempt = RememberedBatches.Key(request), !leases.isEmpty {
            groups[admitted.group]?.batches.add(
                leases.map { RememberedBatches.Element($0) }, of: attempt, max: settings.attemptsRememberedMax)
        }
        switch end {
        case .failed: return []
        case .tookAll where groups[admitted.group]?.isHeldBack != true: return []
        case .tookAll, .mayHaveLeft: return passOn(admitted.group, WaiterKind(request))
        }
    }
}
