import Testing
import WaybillCore
import WaybillStore

@Suite struct `A topic` {
    @Test func `gets the next epoch when one of its name is made again, and its queue is a new one`() throws {
        let store = try Store.inMemory()
        let (first, old) = try store.write { transaction in
            (
                try transaction.insert(TopicRow(name: "orders", type: .fifo, queues: 8, createdAt: .noon)),
                try transaction.keepStoredQueue(topic: "orders", lane: "", at: .noon)
            )
        }
        #expect(try store.read { try $0.topic(first) }?.type == .fifo)
        #expect(try store.write { try $0.deleteTopic(first, at: .noon) })
        #expect(try !store.write { try $0.deleteTopic(first, at: .noon) })
        #expect(try store.read { try $0.topic("orders") } == nil)
        let new = try store.write { try $0.keepStoredQueue(topic: "orders", lane: "", at: .noon) }
        #expect(new > old)
        let second = try #require(try store.read { try $0.topic("orders") })
        let row = try #require(try store.read { try $0.topic(second) })
        #expect(row.epoch == 2)
        #expect(row.type == .mixed)
        #expect(try store.read { try $0.topic(first) }?.deletedAt == .noon)
    }

    @Test func `changes its rules while it is there`() throws {
        let store = try Store.inMemory()
        let number = try store.write { try $0.insert(TopicRow(name: "orders", createdAt: .noon)) }
        var row = try #require(try store.read { try $0.topic(number) })
        row.queues = 16
        row.bytesMax = 1
        row.retention = .hours(1)
        #expect(try store.write { try $0.update(row) })
        #expect(try store.read { try $0.topic(number) } == row)
        row.queues = TopicRow.queuesMax + 1
        #expect(failure { try store.write { _ = try $0.update(row) } }?.code == .constraint)
    }

    @Test func `lists its stored queues by lane and priority`() throws {
        let store = try Store.inMemory()
        let topic = try store.write { transaction in
            for (lane, priority) in [("green", 1), ("", 9), ("", 0)] as [(Text, Int64)] {
                _ = try transaction.keepStoredQueue(topic: "orders", lane: lane, priority: priority, at: .noon)
            }
            _ = try transaction.keepStoredQueue(topic: "mail", lane: "", at: .noon)
            return try transaction.keepTopic("orders", at: .noon)
        }
        let queues = try store.read { try $0.storedQueues(of: topic) }
        #expect(queues.map { "\($0.lane):\($0.priority)" } == [":0", ":9", "green:1"])
    }
}

@Suite struct `A consumer group` {
    private static let ladderSeconds: [Int64] =
        [1, 5, 10, 30, 60, 120, 180, 240, 300, 360, 420, 480, 540, 600, 1_200, 1_800, 3_600, 7_200]

    @Test func `is made once, by the rules of the first who asks`() throws {
        let store = try Store.inMemory()
        let made = try store.write { try $0.keepGroup(GroupRow(name: "points", isFIFO: true, createdAt: .noon)) }
        #expect(made.ladder == Self.ladderSeconds.map { .seconds($0) })
        #expect(made.attemptsMax == 17)
        #expect(made.isFIFO)
        let again = try store.write { try $0.keepGroup(GroupRow(name: "points", isBroadcast: true, createdAt: .noon)) }
        #expect(again == made)
        #expect(try store.read { try $0.groups(after: GroupNumber(0), limit: 9) } == [made])
    }

    @Test func `changes its rules`() throws {
        let store = try Store.inMemory()
        var group = try store.write { try $0.keepGroup(GroupRow(name: "points", createdAt: .noon)) }
        group.attemptsMax = 3
        group.ladder = [.seconds(0), Interval(milliseconds: 250)]
        group.lastUsedAt = .noon.advanced(by: .hours(1))
        #expect(try store.write { try $0.updateGroup(group) })
        #expect(try store.read { try $0.group("points") } == group)
    }

    @Test func `needs a way to wait`() throws {
        let store = try Store.inMemory()
        let group = GroupRow(name: "points", ladder: [], createdAt: .noon)
        #expect(failure { try store.write { _ = try $0.keepGroup(group) } }?.code == .constraint)
    }

    @Test func `is gone after its deletion, in bounded steps, and its name begins a new epoch`() throws {
        let store = try Store.inMemory()
        let group = try store.write { transaction in
            let group = try transaction.keepGroup(GroupRow(name: "points", createdAt: .noon))
            for offset in 0..<30 as Range<Int64> {
                let row = RedeliveryRow(
                    group: group.number, queue: StoredQueueNumber(1), offset: offset, attempt: 1, state: .due,
                    due: .noon)
                try transaction.insert(row)
                if let timeout = row.timeout { try transaction.insert(timeout) }
            }
            try transaction.put(CursorRow(group: group.number, queue: StoredQueueNumber(1)), replacing: nil)
            _ = try transaction.insert(
                EffectRow(group: group.number, messageID: "m", name: "mail", at: .noon, result: nil))
            try transaction.deleteGroup(group.number, at: .noon)
            return group
        }
        #expect(try store.read { try $0.group("points") } == nil)
        #expect(try store.read { try $0.group(group.number) }?.deletedAt == .noon)
        var steps: [Int] = []
        while steps.last != 0, steps.count < 20 {
            steps.append(try store.write { try $0.purgeGroup(group.number, limit: 10) })
        }
        #expect(steps == [10, 10, 10, 1, 1, 0])
        #expect(try store.read { try $0.earliestDue(.redelivery) } == nil)
        let next = try store.write { try $0.keepGroup(GroupRow(name: "points", createdAt: .noon)) }
        #expect(next.epoch == 2)
        #expect(next.number > group.number)
    }
}

@Suite struct `A group's filter` {
    @Test func `keeps its number while it is used, and topics do not share it`() throws {
        let store = try Store.inMemory()
        let (group, other) = try store.write { transaction in
            (
                try transaction.keepGroup(GroupRow(name: "points", createdAt: .noon)).number,
                try transaction.keepGroup(GroupRow(name: "mail", createdAt: .noon)).number
            )
        }
        let (orders, returns) = (TopicNumber(1), TopicNumber(2))
        let later = Moment.noon.advanced(by: .minutes(1))
        func keep(
            _ group: GroupNumber, _ topic: TopicNumber, _ type: MessageFilter.Kind, _ at: Moment
        ) throws -> Int64 {
            try store.write { transaction in
                try transaction.keepFilter(group: group, topic: topic, type: type, expression: "a", at: at)
            }
        }
        #expect(try keep(group, orders, .tag, .noon) == 1)
        #expect(try keep(group, orders, .sql, .noon) == 2)
        #expect(try keep(group, returns, .tag, .noon) == 3)
        #expect(try keep(other, orders, .tag, .noon) == 1)
        #expect(try keep(group, orders, .tag, later) == 1)
        #expect(try store.read { try $0.filters(of: group, limit: 9) }.map(\.lastUsedAt) == [later, .noon, .noon])
        #expect(try store.write { try $0.deleteFilter(1, of: group) })
        #expect(try store.read { try $0.filters(of: group, limit: 9) }.map(\.number) == [2, 3])
        #expect(try keep(group, orders, .tag, later) == 4)
    }
}

@Suite struct `An effect` {
    @Test func `is claimed once, and in doubt until its result is known`() throws {
        let store = try Store.inMemory()
        let group = try store.write { try $0.keepGroup(GroupRow(name: "mail", createdAt: .noon)).number }
        let effect = EffectRow(group: group, messageID: "m1", name: "send", at: .noon, result: nil)
        #expect(try store.write { try $0.insert(effect) })
        #expect(try !store.write { try $0.insert(effect) })
        #expect(try store.read { try $0.effectsInDoubt(of: group, limit: 9) } == [effect])
        #expect(try store.write { try $0.finish(effect, result: "250 ok") })
        #expect(try !store.write { try $0.finish(effect, result: "250 ok") })
        #expect(try store.read { try $0.effectsInDoubt(of: group, limit: 9) }.isEmpty)
        let found = try store.read { try $0.effect(of: group, messageID: "m1", name: "send") }
        #expect(found?.result == "250 ok")
        #expect(try store.read { try $0.effect(of: group, messageID: "m1", name: "other") } == nil)
    }
}
