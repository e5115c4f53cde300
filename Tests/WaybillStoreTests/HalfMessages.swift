import Testing
import WaybillCore
import WaybillStore

@Suite struct `A half message` {
    private func prepare(_ store: Store, state: PendingMessageRow.State = .half) throws -> PendingMessageRow {
        try store.write { transaction in
            let topic = try transaction.keepTopic("orders", at: .noon)
            let number = try transaction.insert(
                PendingMessageRow(
                    number: PendingMessageNumber(0), state: state, topic: topic, lane: "green", priority: 3,
                    due: .noon, message: MessageRow(event: nil, bornAt: .noon, tag: "t", body: [1, 2], id: "a"),
                    producer: state == .half ? "p" : nil))
            return try #require(try transaction.pendingMessage(number))
        }
    }

    private let later = Moment.noon.advanced(by: .hours(1))

    @Test(arguments: [PendingMessageRow.State.half, .delayed])
    func `lies on its queue from the write on that decides it, and once`(state: PendingMessageRow.State) throws {
        let store = try Store.inMemory()
        let pending = try prepare(store, state: state)
        let decision: PendingMessageRow.State = state == .half ? .committed : .fired
        let place = try #require(try store.write { try $0.publish(pending, as: decision, at: later) })
        let stored = try #require(try store.read { try $0.message(at: place) })
        #expect(stored.message == pending.message)
        #expect(stored.visibleAt == later)
        let queue = try #require(try store.read { try $0.storedQueues(of: pending.topic) }.first)
        #expect(queue.lane == "green")
        #expect(queue.priority == 3)
        #expect(queue.number == place.queue)
        #expect(try store.write { try $0.publish(pending, as: decision, at: later) } == nil)
        #expect(try store.read { try $0.nextOffset(of: place.queue) } == 1)
    }

    @Test func `is gone with its topic, and decided nevertheless`() throws {
        let store = try Store.inMemory()
        let pending = try prepare(store)
        try store.write { _ = try $0.deleteTopic(pending.topic, at: .noon) }
        #expect(try store.write { try $0.publish(pending, as: .committed, at: later) } == nil)
        #expect(try store.read { try $0.pendingMessage(pending.number) }?.state == .rolledBack)
        #expect(try store.read { try $0.topic("orders") } == nil)
    }

    @Test func `counts what was sent, is parked with its body, and committed still`() throws {
        let store = try Store.inMemory()
        let number = try prepare(store).number
        #expect(try store.write { try $0.countCheck(number, next: later) })
        #expect(try store.write { try $0.countCheck(number, next: later) })
        #expect(try !store.write { try $0.uncountCheck(number, count: 1) })
        #expect(try store.write { try $0.uncountCheck(number, count: 2) })
        #expect(try store.write { try $0.countCheck(number, next: later) })
        #expect(try store.write { try $0.reschedule(number, in: .half, to: .noon) })
        #expect(try !store.write { try $0.reschedule(number, in: .delayed, to: .noon) })
        #expect(try store.write { try $0.park(number) })
        #expect(try !store.write { try $0.park(number) })
        #expect(try !store.write { try $0.countCheck(number, next: later) })
        let parked = try #require(
            try store.read { try $0.undecidedMessages(after: PendingMessageNumber(0), limit: 9) }.first)
        #expect(parked.state == .parked)
        #expect(parked.checks == 2)
        #expect(parked.due == nil)
        #expect(try store.write { try $0.resume(number, next: later) })
        #expect(try !store.write { try $0.resume(number, next: later) })
        let resumed = try #require(try store.read { try $0.pendingMessage(number) })
        #expect(resumed.checks == 0)
        #expect(resumed.due == later)
        #expect(try store.write { try $0.park(number) })
        let place = try #require(try store.write { try $0.publish(parked, as: .committed, at: later) })
        #expect(try store.read { try $0.message(at: place) }?.message.body == [1, 2])
        #expect(try store.read { try $0.undecidedMessages(after: PendingMessageNumber(0), limit: 9) }.isEmpty)
    }

    @Test func `leaves its number and decision for a time only`() throws {
        let store = try Store.inMemory()
        let pending = try prepare(store)
        let open = try prepare(store)
        #expect(try store.write { try $0.decide(pending.number, from: .half, to: .rolledBack, at: .noon) })
        #expect(try store.write { try $0.dropDecided(before: .noon) } == 0)
        #expect(try store.write { try $0.dropDecided(before: later) } == 1)
        #expect(try store.read { try $0.pendingMessage(pending.number) } == nil)
        #expect(try store.read { try $0.pendingMessage(open.number) } == open)
    }
}
