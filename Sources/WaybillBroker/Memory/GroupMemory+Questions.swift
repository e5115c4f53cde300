import WaybillCore
import WaybillStore

/// What is asked of memory by name: groups, topics, and what is in flight.
extension GroupMemory.State {
    func group(_ number: GroupNumber) -> GroupRow? { groups[number]?.row }

    func group(named name: GroupName) -> GroupRow? { names[name].flatMap { groups[$0]?.row } }

    func cursor<Answer>(_ key: CursorKey, _ question: (GroupCursor) -> Answer) -> Answer? {
        groups[key.group]?.cursors[key.queue].map(question)
    }

    /// Whether a cursor is parked because its row is damaged.
    func isDamaged(_ key: CursorKey) -> Bool { groups[key.group]?.damaged[key.queue] != nil }

    // MARK: Topics

    func topic(of queue: StoredQueueNumber) -> TopicState? { queues[queue].flatMap { topics[$0.topic] } }

    func topic(named name: TopicName) -> TopicState? { topics[name] }

    func topic(_ number: TopicNumber) -> TopicState? { topics.values.first { $0.number == number } }

    /// The topics that a group reads.
    func topics(of group: GroupNumber) -> [TopicState] {
        subscribers.filter { $0.value.contains(group) }.keys.sorted().compactMap { topics[$0] }
    }

    /// The groups that read a topic.
    func subscribers(of topic: TopicName) -> [GroupNumber] { (subscribers[topic] ?? []).sorted() }

    /// The queue of a group's dead letters, once some came back from there.
    func deadLetters(of group: GroupNumber) -> StoredQueueNumber? { groups[group]?.deadLetters }

    // MARK: Cursors

    var cursorKeys: [CursorKey] {
        groups.flatMap { group, known in known.cursors.keys.map { CursorKey(group: group, queue: $0) } }.sorted()
    }

    /// Cursors whose rows say less than is finished, after one of them, at most `limit`.
    func cursorsToSave(after last: CursorKey?, limit: Int) -> [CursorKey] {
        var keys: [CursorKey] = []
        for (group, known) in groups {
            for (queue, cursor) in known.cursors where cursor.progress.floor > cursor.storedFloor {
                let key = CursorKey(group: group, queue: queue)
                if last.map({ key > $0 }) ?? true { keys.append(key) }
            }
        }
        return Array(keys.sorted().prefix(limit))
    }

    /// The cursors of all groups on a queue.
    func cursors(on queue: StoredQueueNumber) -> [CursorKey] {
        groups.filter { $0.value.cursors[queue] != nil }.keys.sorted().map { CursorKey(group: $0, queue: queue) }
    }

    /// Whether nothing of a group is in flight on a topic, and nothing owed by rows or given back of its dead letters.
    func isClear(_ group: GroupNumber, _ topic: TopicState) -> Bool {
        guard let known = groups[group] else { return false }
        // A dead letter that was given back shares its message group with the topic where it died.
        return (topic.queues.map(\.number) + (known.deadLetters.map { [$0] } ?? [])).allSatisfy { queue in
            known.cursors[queue].map { $0.leases.isEmpty && $0.owed == 0 } ?? true
        }
    }

    // MARK: What is in flight

    func isAlive(_ client: Text, of group: GroupNumber, at now: Moment, _ settings: BrokerSettings) -> Bool {
        groups[group]?.isAlive(client, at: now, silenceMax: settings.clientSilenceMax) ?? false
    }

    func leases(of client: Text, in group: GroupNumber) -> [(key: CursorKey, offset: Int64, lease: Lease)] {
        (groups[group]?.cursors ?? [:]).sorted { $0.key < $1.key }.flatMap { queue, cursor in
            cursor.leases.filter { $0.value.client == client }.sorted { $0.key < $1.key }
                .map { (CursorKey(group: group, queue: queue), $0.key, $0.value) }
        }
    }

    func redeliveries(heldBy client: Text, in group: GroupNumber) -> [MessagePlace] {
        (groups[group]?.holders ?? [:]).filter { $0.value.client == client }.keys.sorted()
    }

    /// Whether a delivery is out: as a lease, or by a row with a holder.
    func isOut(_ numbers: ReceiptNumbers) -> Bool {
        let key = CursorKey(group: numbers.group, queue: numbers.place.queue)
        if numbers.attempt == 0 { return true }
        guard cursor(key, { $0.epoch }) == numbers.epoch else { return false }
        if let lease = cursor(key, { $0.leases[numbers.place.offset] }) ?? nil {
            return lease.attempt == numbers.attempt && lease.nonce == numbers.nonce
        }
        return holder(of: numbers.place, in: numbers.group) != nil
    }

    /// Who holds a redelivery.
    func holder(of place: MessagePlace, in group: GroupNumber) -> Holder? { groups[group]?.holders[place] }

    /// What is needed to hand out once more what a group was given: a scan without a filter, and the lease if memory
    /// holds it.
    func delivered(_ place: MessagePlace, of group: GroupNumber) -> (scan: Scan, isReplayed: Bool, lease: Lease?)? {
        guard let cursor = groups[group]?.cursors[place.queue], let known = queues[place.queue],
            let topic = topics[known.topic]
        else { return nil }
        let scan = Scan(
            key: CursorKey(group: group, queue: place.queue), topic: topic, queue: known.queue,
            epoch: cursor.epoch, source: .fresh([place.offset]), taking: .memory, filterNumber: 0,
            filter: .everything, others: [], isFIFO: groups[group]?.row.isFIFO ?? false, origin: nil, max: 1)
        return (scan, cursor.isReplayed(place.offset), cursor.leases[place.offset])
    }
}
