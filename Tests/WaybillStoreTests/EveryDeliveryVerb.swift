import WaybillCore
import WaybillStore

func useTopicVerbs(_ transaction: borrowing Transaction) throws {
    let queue = try transaction.keepStoredQueue(topic: "returns", lane: "", at: .noon)
    let place = try transaction.append(MessageRow(event: nil, bornAt: .noon, body: [1], id: "a"), to: queue)
    _ = try transaction.messages(at: [place], bytesMax: 9, countMax: 9)
    try transaction.setProperties(nil, of: place)
    try transaction.empty(place, leaving: nil)
    _ = try transaction.messageHeads(in: queue, fromOffset: 0, limit: 9)
    _ = try transaction.messagesWithoutBodies(in: queue, fromOffset: 0, limit: 9)
    _ = try transaction.messageNotes(at: MessagePlace(queue: queue, offset: 0))
    _ = try transaction.missingMessages(in: queue)
    _ = try transaction.messageKeys(after: nil, limit: 9)
    _ = try transaction.ladder(of: GroupNumber(1))
    _ = try transaction.oldestOffset(of: queue)
    _ = try transaction.newestOffset(of: queue)
    _ = try transaction.offset(of: queue, visibleFrom: .noon)
    _ = try transaction.measureMessages(in: queue, fromOffset: 0, limit: 9)
    _ = try transaction.deleteMessages(of: queue, below: 1)
    let topic = try transaction.keepTopic("returns", at: .noon)
    _ = try transaction.topics(after: TopicNumber(0), limit: 9)
    _ = try transaction.topicRow("returns")
    _ = try transaction.storedQueues(of: topic)
    if let row = try transaction.topic(topic) { try transaction.update(row) }
    try transaction.raiseLanesGone(of: topic, through: 7)
    _ = try transaction.lanesGoneThrough(topic)
    try useUpkeepVerbs(transaction, of: queue)
    try transaction.closeLane("grey")
    _ = try transaction.closedLanes()
    _ = try transaction.deleteStoredQueue(queue)
    try transaction.deleteCursor(of: GroupNumber(1), on: queue)
    try transaction.deleteTopic(topic, at: .noon)
    try transaction.insert([MessageKeyRow(key: "k", visibleAt: .noon, place: place)])
    _ = try transaction.places(ofKey: "k", day: MessageKeyRow.day(of: .noon), limit: 9)
    _ = try transaction.earliestMessageKeyDay()
    _ = try transaction.latestMessageKeyDay()
    try transaction.dropMessageKeys(before: 0)
    try transaction.delete([MessageKeyRow(key: "k", visibleAt: .noon, place: place)])
}

private func useUpkeepVerbs(_ transaction: borrowing Transaction, of queue: StoredQueueNumber) throws {
    try transaction.setIndexed(queue, through: 1)
    _ = try transaction.indexedThrough(queue)
    var size = try transaction.size(of: queue)
    size.bytes += 1
    try transaction.setSize(size, of: queue)
    try transaction.raiseGone(queue, through: 7)
    _ = try transaction.goneThrough(queue)
    try transaction.forgetUpkeep(of: queue)
}

func usePendingVerbs(_ transaction: borrowing Transaction) throws {
    let topic = try transaction.keepTopic("orders", at: .noon)
    let number = try transaction.insert(
        PendingMessageRow(
            number: PendingMessageNumber(0), state: .half, topic: topic, lane: "", due: .noon,
            message: MessageRow(event: nil, bornAt: .noon, body: [1], id: "a"), producer: "p"))
    try transaction.countCheck(number, next: .noon)
    try transaction.uncountCheck(number, count: 1)
    try transaction.reschedule(number, in: .half, to: .noon)
    try transaction.park(number)
    try transaction.resume(number, next: .noon)
    let undecided = try transaction.undecidedMessages(after: PendingMessageNumber(0), limit: 9)
    let end = PendingMessageNumber(.max)
    _ = try transaction.pendingMessages(id: "a", from: number, before: end, limit: 9)
    _ = try transaction.pendingMessage(before: end, skipping: 1)
    _ = try transaction.forEachPendingState(after: PendingMessageNumber(0), limit: 9) { _ in }
    for pending in undecided { _ = try transaction.publish(pending, as: .committed, at: .noon) }
    try transaction.dropDecided(before: .noon)
}

func useGroupVerbs(_ transaction: borrowing Transaction) throws {
    let group = try transaction.keepGroup(GroupRow(name: "points", createdAt: .noon))
    try transaction.updateGroup(group)
    _ = try transaction.groups(after: GroupNumber(0), limit: 9)
    let topic = try transaction.keepTopic("orders", at: .noon)
    for _ in 1...2 {
        _ = try transaction.keepFilter(group: group.number, topic: topic, type: .tag, expression: "a || b", at: .noon)
    }
    _ = try transaction.filters(of: group.number, limit: 9)
    try transaction.deleteFilter(2, of: group.number)
    let effect = EffectRow(group: group.number, messageID: "m", name: "mail", at: .noon, result: nil)
    _ = try transaction.insert(effect)
    _ = try transaction.effect(of: group.number, messageID: "m", name: "mail")
    _ = try transaction.effectsInDoubt(of: group.number, limit: 9)
    _ = try transaction.effects(of: group.number, messageID: "m")
    try transaction.finish(effect, result: "sent")
    _ = try transaction.noteIdle(group.number, since: .noon)
    let queue = StoredQueueNumber(1)
    try transaction.openEffects(of: group.number, in: queue, from: 3)
    _ = try transaction.effectsOpened(of: group.number, in: queue)
    try transaction.openEffects(of: group.number, in: queue, from: nil)
    _ = try transaction.keepModule("points", since: .noon)
    try transaction.noteInstalled("points")
    _ = try transaction.moduleSince("points")
    _ = try transaction.modules(after: "", limit: 9)
}

func useDeliveryVerbs(_ transaction: borrowing Transaction) throws {
    let group = try transaction.keepGroup(GroupRow(name: "points", createdAt: .noon))
    let queue = try transaction.keepStoredQueue(topic: "orders", lane: "", at: .noon)
    let topic = try transaction.keepTopic("orders", at: .noon)
    var cursor = CursorRow(group: group.number, queue: queue)
    try transaction.put(cursor, replacing: nil)
    cursor.floor = 5
    try transaction.put(cursor, replacing: 1)
    _ = try transaction.cursor(group: group.number, queue: queue)
    _ = try transaction.cursors(of: group.number, limit: 9)
    _ = try transaction.lowestOwedOffset(of: queue)
    let waiting = RedeliveryRow(
        group: group.number, queue: queue, offset: 3, attempt: 0, state: .behind, messageGroup: "g")
    var due = waiting
    due.state = .due
    due.due = .noon
    try transaction.insert(waiting)
    try transaction.update(due, from: waiting)
    let place = MessagePlace(queue: queue, offset: 3)
    _ = try transaction.redelivery(of: group.number, at: place)
    _ = try transaction.redeliveries(of: group.number, in: queue, limit: 9)
    _ = try transaction.redeliveries(of: group.number, in: queue, state: .due, limit: 9)
    _ = try transaction.redeliveries(of: group.number, in: queue, messageGroup: "g", limit: 9)
    _ = try transaction.countRedeliveries(of: group.number, in: queue)
    try transaction.dropRedeliveries(of: group.number, in: queue, offsets: 0..<9, limit: 9)
    try transaction.put(
        FIFOLeaseRow(
            group: group.number, topic: topic, messageGroup: "g", queue: queue, offset: 3, attempt: 1, client: "c",
            boot: 1, until: .noon))
    _ = try transaction.lease(of: group.number, topic: topic, messageGroup: "g")
    _ = try transaction.leases(of: group.number, limit: 9)
    try transaction.deleteLease(of: group.number, topic: topic, messageGroup: "g")
    try transaction.deleteGroup(group.number, at: .noon)
    while try transaction.purgeGroup(group.number) > 0 {}
}
