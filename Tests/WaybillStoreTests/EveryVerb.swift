import WaybillCore
import WaybillStore

/// Calls each verb of the store once, so that each statement has been prepared.
func useEveryVerb(of store: Store) throws {
    try store.write { transaction in
        try useJournalVerbs(transaction)
        try useListsOfTheNewest(transaction)
        try useTimeoutVerbs(transaction)
        try useMessageVerbs(transaction)
        try useTopicVerbs(transaction)
        try usePendingVerbs(transaction)
        try useGroupVerbs(transaction)
        try useDeliveryVerbs(transaction)
    }
    // The writer searches shelf by shelf, a reader all of them at once.
    _ = try store.read { try $0.command(caller: "shop", key: "k", at: .noon) }
}

private func useListsOfTheNewest(_ transaction: borrowing Transaction) throws {
    let end = StreamNumber(.max)
    let buyer = OrderAttribute(name: "buyer", value: "ann")
    _ = try transaction.orders(before: end, limit: 9)
    _ = try transaction.orders(status: "paid", before: end, limit: 9)
    try transaction.replaceAttributes(of: StreamNumber(1), old: [], new: [buyer])
    _ = try transaction.orders(attribute: buyer, before: end, limit: 9)
    try transaction.replaceAttributes(of: StreamNumber(1), old: [buyer], new: [])
    try transaction.insert(CommandRow(caller: "shop", key: "l", fingerprint: 8, answer: "{}"), at: .noon)
    _ = try transaction.jobs(before: 9, limit: 9)
    _ = try transaction.countUndecided(limit: 9)
    _ = try transaction.undecidedSummary(limit: 9)
    _ = try transaction.countJobs(limit: 9)
    _ = try transaction.countRetries(.order, limit: 9)
}

private func useJournalVerbs(_ transaction: borrowing Transaction) throws {
    let stream = StreamNumber(1)
    let buyer = OrderAttribute(name: "buyer", value: "ann")
    let workflow = try transaction.keepWorkflow(hash: "abc", name: "shop", version: 1, text: "id: shop", at: .noon)
    _ = try transaction.workflows()
    try transaction.note(meaning: "def", of: workflow)
    try transaction.activate(workflow, of: "shop", at: .noon)
    _ = try transaction.currentWorkflows()
    try transaction.append(.sample(1))
    _ = try transaction.event(at: Position(1))
    _ = try transaction.events(of: stream, fromVersion: 1, limit: 9)
    _ = try transaction.events(after: Position(0), upTo: Position(9), limit: 9)
    _ = try transaction.forEachEvent(
        afterStream: StreamNumber(0), version: 0, upTo: Position(9), limit: 9, { _ in })
    _ = try transaction.journalEnd()
    _ = try transaction.digest(of: Position(1))
    try transaction.insert(OrderRow.sample(1))
    try transaction.update(OrderRow.sample(1, status: "paid"))
    _ = try transaction.order(id: "order-1")
    _ = try transaction.order(number: stream)
    _ = try transaction.orders(after: StreamNumber(0), limit: 9)
    _ = try transaction.orders(afterID: "o", limit: 9)
    _ = try transaction.orders(status: "paid", after: StreamNumber(0), limit: 9)
    _ = try transaction.orders(workflow: workflow, after: StreamNumber(0), limit: 9)
    _ = try transaction.orders(parent: stream, after: StreamNumber(0), limit: 9)
    try transaction.replaceAttributes(of: stream, old: [], new: [buyer])
    _ = try transaction.orders(attribute: buyer, after: StreamNumber(0), limit: 9)
    _ = try transaction.hasAttribute(buyer, of: stream)
    _ = try transaction.orderAttributes(after: nil, limit: 9)
    try transaction.replaceAttributes(of: stream, old: [buyer], new: [])
    _ = try transaction.countOrders()
    try useCountsOfOrders(transaction, of: workflow)
    let command = CommandRow(caller: "shop", key: "k", fingerprint: 7, stream: stream, version: 1, refusal: nil)
    try transaction.insert(command, at: .noon)
    _ = try transaction.command(caller: "shop", key: "k", at: .noon)
    // The clock goes ahead and comes back: what was forgotten meanwhile is looked at again.
    _ = try transaction.command(caller: "shop", key: "k", at: .noon.advanced(by: .hours(96)))
    _ = try transaction.command(caller: "shop", key: "k", at: .noon)
    _ = try transaction.learnKeys(limit: 9)
    try transaction.dropOldCommands(at: .noon.advanced(by: .hours(96)))
    for _ in 0...RefusalRow.perOrderMax { try transaction.append(RefusalRow.sample(1)) }
    _ = try transaction.refusals(of: stream, limit: 9)
    _ = try transaction.refusals(ofUnplaced: "o-1", limit: 9)
    try useStockVerbs(transaction, stream)
    try transaction.set("number", to: 7)
    try transaction.set("text", to: "seven")
    _ = try transaction.numberSetting("number")
    try transaction.removeSetting("number")
    _ = try transaction.textSetting("text")
    let call = try transaction.insert(
        CallRow(
            stream: stream, name: "1", effectKey: "order-1#1", deadline: .noon,
            pendingMessage: PendingMessageNumber(1)))
    _ = try transaction.call(call)
    _ = try transaction.call(effectKey: "order-1#1")
    _ = try transaction.calls(of: stream, limit: 9)
    _ = try transaction.calls(after: 0, limit: 9)
    _ = try transaction.openCalls(after: nil, limit: 9)
    try transaction.leaveCallUnanswered(call, at: .noon.advanced(by: .days(30)))
    try transaction.settleCall(call, as: .ok)
    let job = try transaction.insertJob(kind: "move", request: "{}", at: .noon)
    _ = try transaction.advanceJob(job, to: .running, cursor: "7", done: 1, at: .noon)
    _ = try transaction.job(job)
    _ = try transaction.runningJobs(limit: 9)
    _ = try transaction.unfinishedJobs(limit: 9)
    _ = try transaction.changeJob(job, from: .running, to: .paused, at: .noon)
    _ = try transaction.jobNumber(behindNewest: 9)
    try transaction.forgetEndedJobs(upTo: 9, limit: 9)
    try useTokenVerbs(transaction)
}

private func useStockVerbs(_ transaction: borrowing Transaction, _ stream: StreamNumber) throws {
    try transaction.insert(StockRow.sample(1, StockKey(sku: "shoe"), free: 9))
    try transaction.update(StockRow.sample(1, StockKey(sku: "shoe"), free: 10))
    try transaction.setPurchaseLimit(of: StreamNumber(1), to: 2)
    _ = try transaction.places(of: "shoe", limit: 9)
    _ = try transaction.stock(StockKey(sku: "shoe"))
    _ = try transaction.stock(number: stream)
    _ = try transaction.stocks(after: nil, limit: 9)
    _ = try transaction.stocks(after: StockKey(sku: "shoe"), limit: 9)
}

private func useCountsOfOrders(_ transaction: borrowing Transaction, of workflow: WorkflowNumber) throws {
    let paid = OrderCountKey(workflow: workflow, status: "paid")
    try transaction.count(2, as: paid)
    try transaction.count(-1, as: paid)
    _ = try transaction.orderCounts(after: nil, limit: 9)
    _ = try transaction.orderCounts(after: paid, limit: 9)
    _ = try transaction.ordersToCount(after: StreamNumber(0), limit: 9)
    try transaction.count(-1, as: paid)
}

private func useTokenVerbs(_ transaction: borrowing Transaction) throws {
    try transaction.insert(
        KeptToken(
            id: "abcdefghijklmnop", secretHash: Text(String(repeating: "0", count: 64)), name: "shop", grants: "[]",
            createdAt: .noon, createdBy: "ops", reason: "first shop", expiresAt: .noon.advanced(by: .days(90))))
    _ = try transaction.accessToken("abcdefghijklmnop")
    _ = try transaction.accessTokens(after: "", limit: 9)
    try transaction.noteUse(ofAccessToken: "abcdefghijklmnop", on: 20_000)
    try transaction.revokeAccessToken("abcdefghijklmnop", at: .noon)
}

private func useTimeoutVerbs(_ transaction: borrowing Transaction) throws {
    try transaction.hold(TimeoutHold(heldBy: "ops", since: .noon, why: "payments are down"))
    _ = try transaction.timeoutHold()
    try transaction.releaseTimeouts()
    let key = TimeoutKey(kind: .order, due: .noon, owner: 1, name: "expire")
    try transaction.insert(key)
    try transaction.move(key, to: .noon.advanced(by: .minutes(1)))
    _ = try transaction.dueTimeouts(.order, upTo: .noon, limit: 9)
    _ = try transaction.waitingTimeouts(.order, upTo: .noon.advanced(by: .minutes(1)), limit: 1)
    _ = try transaction.waitingCalls(at: .noon, limit: 9)
    _ = try transaction.earliestDue(.order)
    _ = try transaction.isPending(key)
    _ = try transaction.waiting(key)
    _ = try transaction.timeouts(.order, after: nil, limit: 9)
    _ = try transaction.countTimeouts(.order, upTo: .noon, limit: 9)
    try transaction.insert(key)
    try transaction.postpone(DueTimeout(key: key), until: nil, error: "why")
    _ = try transaction.timeoutRetries(.order, after: nil, limit: 9)
    _ = try transaction.timeoutRetry(TimeoutKey(kind: .order, due: Moment(milliseconds: 1), owner: 1, name: "t"))
    try transaction.delete(key)
}

private func useMessageVerbs(_ transaction: borrowing Transaction) throws {
    let queue = try transaction.keepStoredQueue(topic: "orders", lane: "", at: .noon)
    try transaction.append(MessageRow(event: Position(1), bornAt: .noon), to: queue)
    _ = try transaction.messages(in: queue, fromOffset: 0, limit: 9)
    _ = try transaction.messages(ofEventsFrom: Position(1), upTo: Position(1), limit: 9)
    _ = try transaction.storedQueues(after: StoredQueueNumber(0), limit: 9)
    let topic = try transaction.keepTopic("orders", at: .noon)
    let pending = try transaction.insert(
        PendingMessageRow(
            number: PendingMessageNumber(0), state: .delayed, topic: topic, lane: "", due: .noon,
            message: MessageRow(event: Position(1), ordinal: 1, bornAt: .noon)))
    _ = try transaction.pendingMessage(pending)
    _ = try transaction.delayedMessages(after: .noon, pending, limit: 9)
    _ = try transaction.pendingMessages(after: PendingMessageNumber(0), limit: 9)
    _ = try transaction.pendingMessages(ofEventsFrom: Position(1), upTo: Position(1), limit: 9)
    try transaction.decide(pending, from: .delayed, to: .fired, at: .noon)
}
