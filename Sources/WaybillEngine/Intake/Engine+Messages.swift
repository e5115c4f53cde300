import Synchronization
package import WaybillBroker
package import WaybillCore
import WaybillStore
import WaybillTimeouts

/// Messages: asking the broker, and receiving.
extension Engine: VerbWriter {
    /// Has a verb of the broker written; returns after its commit.
    package func submit<Verb: BrokerVerb>(_ verb: Verb) async -> BrokerReply<Verb.Answer> {
        await submit(OfBroker(verb))
    }

    /// Has a verb of the broker written on the caller's thread, which waits.
    package func perform<Verb: BrokerVerb>(_ verb: Verb) -> BrokerReply<Verb.Answer> { perform(OfBroker(verb)) }

    /// Has verbs of the broker written that do not depend on each other; they share commits. Replies are in the order
    /// of the verbs.
    package func submit<Verb: BrokerVerb>(_ verbs: [Verb]) async -> [BrokerReply<Verb.Answer>] {
        await submit(verbs.map { OfBroker($0) })
    }

    /// The same for verbs of the engine.
    package func submit<Verb: EngineVerb>(_ verbs: [Verb]) async -> [Verb.Reply] {
        if world.virtualClock != nil {
            // One after the other, in this order.
            var replies: [Verb.Reply] = []
            for verb in verbs { replies.append(await submit(verb)) }
            return replies
        }
        return await withTaskGroup(of: (Int, Verb.Reply).self) { group in
            for (index, verb) in verbs.enumerated() { group.addTask { (index, await self.submit(verb)) } }
            var replies: [(Int, Verb.Reply)] = []
            for await reply in group { replies.append(reply) }
            return replies.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    /// The group that a receipt is of; nil: this file's engine did not make it, or the group is gone.
    package func group(of receipt: DeliveryReceipt) -> GroupName? { receiver.group(of: receipt) }

    /// Whether a delivery of this process is out as it was given, by what memory knows.
    package func isOut(_ receipt: DeliveryReceipt) -> Bool { receiver.isOut(receipt) }

    /// The name of a consumer that has none: of this opening of the file, so no two processes share it.
    package var client: Text { Text("consumer-\(store.bootNumber)") }

    /// A name for one more such consumer.
    package func newClient() -> Text {
        Text("consumer-\(store.bootNumber)-\(clients.add(1, ordering: .relaxed).newValue)")
    }

    /// Messages for a consumer: at once when there are any, else as soon as there are, or none when its time is over.
    package func receive(_ request: ReceiveRequest) async -> Result<[Delivery], MessageRefusal> {
        if intake.isDraining { return .failure(.shuttingDown) }
        if let stopped = vitals.now.stopped { return .failure(MessageRefusal(.failStopped(stopped))) }
        let result = await receiving { receiver in await receiver.receive(request) }
        if case .success(let deliveries) = result { settings.meters.note(deliveries.count, to: request.group) }
        if case .success(let deliveries) = result, deliveries.isEmpty, let stopped = vitals.now.stopped {
            return .failure(MessageRefusal(.failStopped(stopped)))
        }
        wakeForShortLeases()
        return result
    }

    /// One look of a receive that waits without a task.
    package func look(_ request: ReceiveRequest, hasWaited: Bool) async -> ReceiveLook {
        if !hasWaited, intake.isDraining { return .refused(.shuttingDown) }
        if let stopped = vitals.now.stopped { return .refused(MessageRefusal(.failStopped(stopped))) }
        let look = await receiving { receiver in await receiver.look(request, hasWaited: hasWaited) }
        switch look {
        case .refused, .nothing: break
        case .deliveries(let deliveries):
            settings.meters.note(deliveries.count, to: request.group)
            if deliveries.isEmpty, let stopped = vitals.now.stopped {
                return .refused(MessageRefusal(.failStopped(stopped)))
            }
            wakeForShortLeases()
        }
        return look
    }

    /// Lets a receive that found nothing wait: calls back when it is to look again, or when its time is over.
    package func wait(
        _ request: ReceiveRequest, at place: ReceivePlace, until deadline: Interval,
        resume: @escaping @Sendable () -> Void
    ) -> ReceiveWait {
        receiver.wait(request, at: place, until: deadline, resume: resume)
    }

    /// Ends a wait before its time: it calls back.
    package func endWait(_ number: UInt64, at place: ReceivePlace) { receiver.endWait(number, at: place) }

    /// A receive that was woken looks no more: what it was woken for is for the next.
    package func passOn(_ request: ReceiveRequest, at place: ReceivePlace) { receiver.passOn(request, at: place) }

    /// The writer sleeps by what was due when it looked last; a short lease may end before that.
    private func wakeForShortLeases() {
        if world.virtualClock == nil,
            groups.nextLeaseEnd.map({ $0 < world.now().advanced(by: .seconds(1)) }) ?? false
        {
            intake.wake()
        }
    }

    /// How far a group is behind, by topic.
    ///
    /// - Parameter rowsMax: at most this many exceptions of each queue are looked at; the rest counts as waiting.
    package func lags(
        of group: GroupName, after topic: TopicName? = nil, limit: Int = .max, rowsMax: Int = .max
    ) throws -> Result<[GroupLag], MessageRefusal> {
        try LagReader(store: store, groups: groups, contents: OrderEvents()).lags(
            of: group, after: topic, limit: limit, at: world.now(), rowsMax: rowsMax)
    }

    /// The lanes in which messages were sent, by name, each with the groups whose consumers of it read it.
    package func lanes() throws -> [LaneView] {
        let now = world.now()
        return try messages.lanes().map { lane in
            var lane = lane
            lane.servedIn = groups.groupsServing(lane: lane.name, at: now)
            return lane
        }
    }

    /// Whether anything was ever in a lane, as far as the file tells: messages, consumers, a client that named it
    /// lately; or it was closed before.
    package func knows(lane: Text) throws -> Bool {
        if groups.knows(lane: lane, at: world.now(), uptime: world.uptime()) { return true }
        return try store.read { rows in try rows.closedLanes() }.contains(lane)
    }

    /// The clients of a group that live or hold something, by name, after one of them.
    package func clients(of group: GroupName, after name: Text? = nil, limit: Int) -> [GroupClient] {
        groups.clients(of: group, after: name, limit: limit, at: world.now())
    }

    /// A client is heard of; attached: it is part of this process and says itself when it goes.
    package func see(_ client: Text, of group: GroupName, isAttached: Bool = false) {
        groups.see(client, of: group, isAttached: isAttached, at: world.now())
    }

    /// A client that was attached is alive by what it asks only, from now on.
    package func detach(_ client: Text, of group: GroupName) {
        groups.detach(client, of: group, at: world.now())
    }

    /// Lets a receiver work: its first look where its caller runs, what comes after a wait on threads of the engine. To
    /// change threads before the first look too costs consumers a tenth of their rate (measured). Who has event loops
    /// to keep free changes threads before it asks.
    func receiving<Result>(_ body: @Sendable (Receiver) async -> Result) async -> Result {
        if world.virtualClock != nil { return await body(receiver) }
        return await withTaskExecutorPreference(threads) { await body(receiver) }
    }

    var receiver: Receiver { Receiver(receiverParts, writer: self) }

    /// Fires what came due of messages while the file was closed, as many as one round; false: nothing was overdue when
    /// this was asked before. After that the writer is in time by itself.
    package func surfaceOverdue() async -> Bool {
        guard hasOverdueMessages.withLock({ $0 }) else { return false }
        do throws(Refusal) {
            let hasFired = try await withWriter { writer in writer.fireOverdueMessages() }
            if !hasFired { hasOverdueMessages.withLock { $0 = false } }
            // The thread that writes may have fired the last of them since the receive looked: it looks once more. In a
            // virtual world nothing happens in between.
            return hasFired || world.virtualClock == nil
        } catch {
            return false
        }
    }
}

extension Writer {
    /// One round of what is due, if messages or redeliveries are among it; false: none of them is, or none may fire.
    func fireOverdueMessages() -> Bool {
        let now = world.now()
        guard stopped == nil, !isPaused, !store.isLook,
            let horizon = timeouts.horizon(wall: now, uptime: world.uptime())
        else {
            return false
        }
        do {
            let isOverdue = try store.readAsWriter { rows in
                let due = [try rows.earliestDue(.delayedMessage), try rows.earliestDue(.redelivery)]
                return due.contains { $0.map { $0 <= horizon } ?? false }
            }
            guard isOverdue else { return false }
        } catch {
            // Who asks finds nothing, as before; the writer's next round says what is wrong.
            return false
        }
        let before = writes
        _ = write([], firing: .round(upTo: horizon))
        checkpoints.wrote()
        return writes > before
    }

    /// What is in flight keeps its holders beyond the end of the process.
    func saveLeases() {
        // What cannot be written now is delivered again after the next opening.
        _ = ownWrite { write in
            try broker.saveLeases(in: write)
            livesNow()
            try noteLife(in: write)
            try flush(in: write)
        }
    }
}
