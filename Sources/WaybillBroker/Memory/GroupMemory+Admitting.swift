import Synchronization
import WaybillCore
import WaybillStore

/// What memory says to a receive before it looks anywhere.
extension GroupMemory {
    /// What memory says to a receive before it looks anywhere.
    enum ReceiveRoute {
        case refused(MessageRefusal)
        /// The group must be told of the topic or the expression first.
        case unknown
        /// The same attempt was answered before.
        case again(GroupNumber, [RememberedBatches.Element])
        /// Queues to look at, in this order.
        case queues(GroupNumber, [StoredQueueNumber])
        /// Everything goes to every client.
        case broadcast(GroupNumber, [StoredQueueNumber])
    }

    func route(_ request: ReceiveRequest, at now: Moment, uptime: Interval) -> ReceiveRoute {
        state.withLock { state in
            guard let number = state.names[request.group] else { return .refused(.unknownGroup(request.group)) }
            guard state.groups[number]?.see(request.client, lane: request.lane, at: now) != false else {
                return .refused(
                    .limit(
                        "clients of the group \(request.group) in the last ten minutes; give each consumer one name, "
                            + "and keep it", max: GroupState.clientsMax))
            }
            guard let topic = state.topics[request.subscription.topic],
                let group = state.groups[number],
                let use = group.filters[request.subscription.key(of: topic)],
                use.isStored(at: uptime, settings),
                group.row.isBroadcast || group.knows(topic.queues)
            else { return .unknown }
            state.groups[number]?.filters[request.subscription.key(of: topic)]?.usedAt = uptime
            state.forgetFilters(of: topic, in: number, at: uptime, settings)
            if let attempt = request.attempt, let batch = group.batches[attempt] { return .again(number, batch) }
            if group.row.isBroadcast { return .broadcast(number, topic.queues.map(\.number)) }
            state.groups[number]?.receives &+= 1
            return .queues(
                number, state.queues(of: topic, for: request, in: group, at: now, settings))
        }
    }

    /// Bytes that one receive may read: as many as a batch may hold, and as all receives together have left. With none
    /// left it still gets one message. To be given back when it ends.
    func takeReadingBytes() -> Int {
        state.withLock { state in
            let share = min(settings.batchBytesMax, max(0, settings.readingBytesMax - state.readingBytes))
            state.readingBytes += share
            return share
        }
    }

    func giveBack(readingBytes share: Int) { state.withLock { $0.readingBytes -= share } }

    func remember(_ granted: [GrantedLease], of attempt: Text, in group: GroupNumber) {
        let batch = granted.map {
            RememberedBatches.Element(place: $0.place, attempt: $0.attempt, nonce: $0.nonce, until: $0.until)
        }
        state.withLock { $0.groups[group]?.batches.add(batch, of: attempt, max: settings.attemptsRememberedMax) }
    }
}

extension Subscription {
    func key(of topic: TopicState) -> FilterUse.Key {
        FilterUse.Key(topic: topic.number, kind: kind, expression: expression)
    }
}

extension GroupMemory.State {
    /// Forgets expressions that no consumer has used for long; what was left for them is looked at again.
    fileprivate mutating func forgetFilters(
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
}
