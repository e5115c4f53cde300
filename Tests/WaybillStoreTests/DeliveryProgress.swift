import Testing
import WaybillCore
import WaybillStore

@Suite struct `A cursor` {
    private let queue = StoredQueueNumber(3)

    @Test func `is replaced only by who knows its epoch`() throws {
        let store = try Store.inMemory()
        var cursor = CursorRow(
            group: GroupNumber(1), queue: queue, floor: 7, ranges: "9-12,20", deliveredThrough: 1_000)
        #expect(try store.write { try $0.put(cursor, replacing: nil) })
        #expect(try !store.write { try $0.put(cursor, replacing: nil) })
        cursor.epoch = 2
        cursor.floor = 0
        cursor.ranges = ""
        cursor.fence = 7
        cursor.gap = 3
        #expect(try store.write { try $0.put(cursor, replacing: 1) })
        #expect(try store.read { try $0.cursor(group: GroupNumber(1), queue: queue) } == cursor)
        var stale = cursor
        stale.epoch = 1
        stale.floor = 8
        #expect(try !store.write { try $0.put(stale, replacing: 1) })
        #expect(try store.read { try $0.cursors(of: GroupNumber(1), limit: 9) } == [cursor])
        #expect(try store.read { try $0.cursor(group: GroupNumber(2), queue: queue) } == nil)
    }

    @Test func `has a bounded size`() throws {
        let store = try Store.inMemory()
        let ranges = Text(Array(repeating: "1099511627775", count: 3_000).joined(separator: ","))
        let thrown = failure {
            try store.write {
                _ = try $0.put(CursorRow(group: GroupNumber(1), queue: queue, ranges: ranges), replacing: nil)
            }
        }
        #expect(thrown?.code == .constraint)
    }

    @Test func `of the slowest group, and what it is owed below, hold back retention`() throws {
        let store = try Store.inMemory()
        try store.write { transaction in
            #expect(try transaction.lowestOwedOffset(of: queue) == nil)
            let fast = try transaction.keepGroup(GroupRow(name: "fast", createdAt: .noon)).number
            let slow = try transaction.keepGroup(GroupRow(name: "slow", createdAt: .noon)).number
            try transaction.put(CursorRow(group: fast, queue: queue, floor: 90), replacing: nil)
            try transaction.put(CursorRow(group: slow, queue: queue, floor: 40), replacing: nil)
            #expect(try transaction.lowestOwedOffset(of: queue) == 40)
            for offset in [60, 7, 30] as [Int64] {
                try transaction.insert(
                    RedeliveryRow(group: fast, queue: queue, offset: offset, attempt: 1, state: .parked))
            }
            #expect(try transaction.lowestOwedOffset(of: queue) == 7)
            try transaction.deleteGroup(fast, at: .noon)
            #expect(try transaction.lowestOwedOffset(of: queue) == 40)
        }
    }
}

@Suite struct `A redelivery` {
    private let group = GroupNumber(4)
    private let queue = StoredQueueNumber(2)

    private func row(_ offset: Int64, _ state: RedeliveryRow.State, _ messageGroup: Text? = nil) -> RedeliveryRow {
        RedeliveryRow(
            group: group, queue: queue, offset: offset, attempt: 1, state: state, due: state == .due ? .noon : nil,
            messageGroup: messageGroup)
    }

    @Test func `changes only while it is as its changer knows it`() throws {
        let store = try Store.inMemory()
        let waiting = row(5, .behind, "g")
        var due = row(5, .due, "g")
        due.attempt = 2
        try store.write { try $0.insert(waiting) }
        #expect(try store.write { try $0.update(due, from: waiting) })
        #expect(try !store.write { try $0.update(due, from: waiting) })
        let place = MessagePlace(queue: queue, offset: 5)
        #expect(try store.read { try $0.redelivery(of: group, at: place) } == due)
        #expect(try store.write { try $0.deleteRedelivery(of: group, at: place) })
        #expect(try !store.write { try $0.deleteRedelivery(of: group, at: place) })
    }

    @Test func `has a due time exactly when it is due, and waits only behind a message group`() throws {
        let store = try Store.inMemory()
        var without = row(1, .due)
        without.due = nil
        var with = row(1, .parked)
        with.due = .noon
        for broken in [without, with, row(1, .behind)] {
            #expect(failure { try store.write { try $0.insert(broken) } }?.code == .constraint)
        }
    }

    @Test func `is named by its timeout`() throws {
        let timeout = try #require(row(77, .due).timeout)
        #expect(timeout == TimeoutKey(kind: .redelivery, due: .noon, owner: 4, name: "2:77"))
        #expect(timeout.redeliveryPlace == MessagePlace(queue: queue, offset: 77))
        #expect(row(77, .parked).timeout == nil)
        for name in ["", "2", "2:", ":7", "2:7:7", "a:b", "2:99999999999999999999"] as [Text] {
            #expect(TimeoutKey(kind: .redelivery, due: .noon, owner: 4, name: name).redeliveryPlace == nil, "\(name)")
        }
        #expect(TimeoutKey(kind: .order, due: .noon, owner: 4, name: "2:7").redeliveryPlace == nil)
    }

    @Test func `is found by state, by message group, by page`() throws {
        let store = try Store.inMemory()
        try store.write { transaction in
            for offset in 0..<6 as Range<Int64> {
                try transaction.insert(row(offset, offset % 2 == 0 ? .behind : .parked, offset < 4 ? "g" : "h"))
            }
            var elsewhere = row(0, .parked)
            elsewhere.queue = StoredQueueNumber(9)
            try transaction.insert(elsewhere)
        }
        try store.read { snapshot in
            func offsets(_ rows: [RedeliveryRow]) -> [Int64] { rows.map(\.offset) }
            #expect(offsets(try snapshot.redeliveries(of: group, in: queue, limit: 4)) == [0, 1, 2, 3])
            #expect(offsets(try snapshot.redeliveries(of: group, in: queue, after: 3, limit: 4)) == [4, 5])
            let waiting = try snapshot.redeliveries(of: group, in: queue, state: .behind, after: 0, limit: 9)
            #expect(offsets(waiting) == [2, 4])
            let behind = try snapshot.redeliveries(of: group, in: queue, messageGroup: "g", after: 1, limit: 9)
            #expect(offsets(behind) == [2, 3])
            #expect(try snapshot.countRedeliveries(of: group, in: queue) == 6)
            #expect(try snapshot.countRedeliveries(of: group, in: queue, limit: 4) == 4)
        }
    }

    @Test func `leaves with its timeout when its range is dropped`() throws {
        let store = try Store.inMemory()
        try store.write { transaction in
            for offset in 0..<9 as Range<Int64> {
                let row = row(offset, .due)
                try transaction.insert(row)
                if let timeout = row.timeout { try transaction.insert(timeout) }
            }
            #expect(try transaction.dropRedeliveries(of: group, in: queue, offsets: 3..<8, limit: 3) == 3)
            #expect(try transaction.dropRedeliveries(of: group, in: queue, offsets: 3..<8, limit: 3) == 2)
            #expect(try transaction.dropRedeliveries(of: group, in: queue, offsets: 3..<8, limit: 3) == 0)
            let left = try transaction.redeliveries(of: group, in: queue, limit: 9).map(\.offset)
            #expect(left == [0, 1, 2, 8])
            let timeouts = try transaction.timeouts(.redelivery, after: nil, limit: 9)
            #expect(timeouts.compactMap(\.redeliveryPlace?.offset) == left)
        }
    }
}

@Suite struct `A FIFO lease` {
    @Test func `is one for each message group of a topic`() throws {
        let store = try Store.inMemory()
        var lease = FIFOLeaseRow(
            group: GroupNumber(1), topic: TopicNumber(1), messageGroup: "order-1", queue: StoredQueueNumber(1),
            offset: 5, attempt: 1, client: "c", boot: 2, until: .noon)
        var other = lease
        other.topic = TopicNumber(2)
        try store.write { transaction in
            try transaction.put(lease)
            try transaction.put(other)
            lease.attempt = 2
            lease.client = "d"
            try transaction.put(lease)
        }
        let found = try store.read { try $0.lease(of: GroupNumber(1), topic: TopicNumber(1), messageGroup: "order-1") }
        #expect(found == lease)
        #expect(try store.read { try $0.leases(of: GroupNumber(1), limit: 9) } == [lease, other])
        #expect(try store.read { try $0.leases(of: GroupNumber(1), after: lease, limit: 9) } == [other])
        let free = try store.write {
            try $0.deleteLease(of: GroupNumber(1), topic: TopicNumber(1), messageGroup: "order-1")
        }
        #expect(free)
        #expect(try store.read { try $0.leases(of: GroupNumber(1), limit: 9) } == [other])
    }
}
