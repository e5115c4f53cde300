import Testing
import WaybillCore
import WaybillStore

@Suite struct `A message` {
    private func fill(_ store: Store, events: ClosedRange<Int64>, lane: Text = "") throws -> [MessagePlace] {
        try store.write { transaction in
            let queue = try transaction.keepStoredQueue(topic: "orders", lane: lane, at: .noon)
            var places: [MessagePlace] = []
            for event in events {
                places.append(try transaction.append(MessageRow(event: Position(event), bornAt: .noon), to: queue))
            }
            return places
        }
    }

    @Test func `gets the next offset of its stored queue, also after an undone write and a restart`() throws {
        struct Stop: Error {}
        let file = try TemporaryFile()
        let store = try Store.open(file.path)
        #expect(try fill(store, events: 1...2).map(\.offset) == [0, 1])
        #expect(throws: Stop.self) {
            try store.write { transaction in
                let queue = try transaction.keepStoredQueue(topic: "orders", lane: "", at: .noon)
                try transaction.append(MessageRow(event: Position(9), bornAt: .noon), to: queue)
                _ = try transaction.keepStoredQueue(topic: "new", lane: "", at: .noon)
                throw Stop()
            }
        }
        #expect(try fill(store, events: 3...3).map(\.offset) == [2])
        store.close()
        let again = try Store.open(file.path)
        #expect(try fill(again, events: 4...4).map(\.offset) == [3])
        #expect(try fill(again, events: 5...5, lane: "green").map(\.offset) == [0])
        let queues = try again.read { try $0.storedQueues(after: StoredQueueNumber(0), limit: 9) }
        #expect(queues.map(\.lane) == ["", "green"])
        #expect(queues.map(\.topic) == ["orders", "orders"])
    }

    @Test func `is read back whole, by place and by event`() throws {
        let store = try Store.inMemory()
        let message = MessageRow(
            event: Position(7), ordinal: 2, bornAt: .noon, tag: "paid", key: "k", messageGroup: "g",
            properties: #"{"a":"b"}"#, body: [0, 255, 10], id: "id-1")
        let place = try store.write { transaction in
            let queue = try transaction.keepStoredQueue(topic: "orders", lane: "", at: .noon)
            try transaction.append(MessageRow(event: Position(6), bornAt: .noon, body: []), to: queue)
            return try transaction.append(message, to: queue)
        }
        let byPlace = try store.read { try $0.messages(in: place.queue, fromOffset: 1, limit: 9) }
        #expect(byPlace.map(\.message) == [message])
        #expect(byPlace.map(\.place) == [place])
        let byEvent = try store.read { try $0.messages(ofEventsFrom: Position(6), upTo: Position(7), limit: 9) }
        #expect(byEvent.map(\.message.body) == [[], [0, 255, 10]])
    }

    @Test func `needs an event, or an id and a body of its own`() throws {
        let store = try Store.inMemory()
        for message in [
            MessageRow(event: nil, bornAt: .noon, body: [1]), MessageRow(event: nil, bornAt: .noon, id: "a"),
        ] {
            let thrown = failure {
                try store.write { transaction in
                    let queue = try transaction.keepStoredQueue(topic: "orders", lane: "", at: .noon)
                    try transaction.append(message, to: queue)
                }
            }
            #expect(thrown?.code == .constraint)
        }
    }

    @Test func `is sent once per event and ordinal`() throws {
        let store = try Store.inMemory()
        _ = try fill(store, events: 1...1)
        #expect(failure { _ = try fill(store, events: 1...1) }?.code == .constraint)
    }

    @Test func `has no place beyond the bounds of queue and offset`() throws {
        let store = try Store.inMemory()
        for (queue, offset) in [(0, 0), (-1, 0), (1 << 23, 0), (1, -1), (1, 1 << 40)] as [(Int64, Int64)] {
            let thrown = failure {
                _ = try store.read {
                    try $0.messages(in: StoredQueueNumber(queue), fromOffset: offset, limit: 1)
                }
            }
            #expect(thrown?.code == .limit, "\(queue) \(offset)")
        }
        let missing = failure {
            try store.write { transaction in
                _ = try transaction.append(MessageRow(event: Position(1), bornAt: .noon), to: StoredQueueNumber(77))
            }
        }
        #expect(missing?.code == .limit)
    }
}

@Suite struct `A pending message` {
    private func insert(_ store: Store, _ state: PendingMessageRow.State) throws -> PendingMessageNumber {
        try store.write { transaction in
            let topic = try transaction.keepTopic("orders", at: .noon)
            return try transaction.insert(
                PendingMessageRow(
                    number: PendingMessageNumber(0), state: state, topic: topic, lane: "green", priority: 3, due: .noon,
                    message: MessageRow(event: nil, bornAt: .noon, properties: "{}", body: [1, 2], id: "a"),
                    producer: "p", checks: 2))
        }
    }

    @Test(arguments: [PendingMessageRow.State.delayed, .half])
    func `is decided once, and its body goes with the decision`(state: PendingMessageRow.State) throws {
        let store = try Store.inMemory()
        let number = try insert(store, state)
        let kept = try #require(try store.read { try $0.pendingMessage(number) })
        #expect(kept.message.body == [1, 2])
        #expect(kept.checks == 2)
        #expect(kept.due == .noon)
        let end: PendingMessageRow.State = state == .half ? .committed : .fired
        #expect(try store.write { try $0.decide(number, from: state, to: end, at: .noon) })
        #expect(try !store.write { try $0.decide(number, from: state, to: .recalled, at: .noon) })
        let decided = try #require(try store.read { try $0.pendingMessage(number) })
        #expect(decided.state == end)
        #expect(decided.decidedAt == .noon)
        #expect(decided.message.body == nil)
        #expect(decided.message.id == "a")
        #expect(decided.message.properties == nil)
    }

    @Test func `cannot be half without a producer`() throws {
        let store = try Store.inMemory()
        let thrown = failure {
            try store.write { transaction in
                let topic = try transaction.keepTopic("orders", at: .noon)
                try transaction.insert(
                    PendingMessageRow(
                        number: PendingMessageNumber(0), state: .half, topic: topic, lane: "", due: .noon,
                        message: MessageRow(event: nil, bornAt: .noon)))
            }
        }
        #expect(thrown?.code == .constraint)
    }
}

@Suite struct `A job` {
    @Test func `goes on where it stopped, and not after it was stopped`() throws {
        let store = try Store.inMemory()
        let job = try store.write { try $0.insertJob(kind: "extend", request: #"{"by":1}"#, at: .noon) }
        #expect(try store.write { try $0.advanceJob(job, to: .running, cursor: "17", done: 4, at: .noon) })
        let running = try store.read { try $0.runningJobs(limit: 9) }
        #expect(running.map(\.cursor) == ["17"])
        #expect(running.map(\.done) == [4])
        #expect(try store.write { try $0.advanceJob(job, to: .stopped, cursor: "17", done: 4, at: .noon) })
        #expect(try !store.write { try $0.advanceJob(job, to: .running, cursor: "18", done: 5, at: .noon) })
        #expect(try store.read { try $0.runningJobs(limit: 9) }.isEmpty)
        #expect(try store.read { try $0.job(job) }?.state == .stopped)
    }
}

@Suite struct `A setting` {
    @Test func `is the last value that was set`() throws {
        let store = try Store.inMemory()
        try store.write { transaction in
            try transaction.set("a", to: 1)
            try transaction.set("a", to: .max)
            try transaction.set("b", to: "text")
        }
        #expect(try store.read { try $0.numberSetting("a") } == .max)
        #expect(try store.read { try $0.textSetting("b") } == "text")
        #expect(try store.read { try $0.textSetting("c") } == nil)
        #expect(try store.read { try $0.numberSetting("boot") } == 1)
    }
}
