import Testing
import WaybillCore
import WaybillStore

@Suite struct `A timeout` {
    private func key(_ owner: Int64, due minutes: Int64, kind: TimeoutKind = .order) -> TimeoutKey {
        TimeoutKey(kind: kind, due: .noon.advanced(by: .minutes(minutes)), owner: owner, name: "expire")
    }

    private func due(_ store: Store, _ kind: TimeoutKind = .order, at minutes: Int64, limit: Int = 9) throws -> [Int64]
    {
        try store.read { try $0.dueTimeouts(kind, upTo: .noon.advanced(by: .minutes(minutes)), limit: limit) }
            .map(\.key.owner)
    }

    @Test func `is due at its time and not before, the earliest first, within its kind`() throws {
        let store = try Store.inMemory()
        try store.write { transaction in
            for owner in [3, 1, 2] as [Int64] { try transaction.insert(key(owner, due: owner)) }
            try transaction.insert(key(9, due: 0, kind: .checkBack))
        }
        #expect(try due(store, at: 0) == [])
        #expect(try due(store, at: 2) == [1, 2])
        #expect(try due(store, at: 9, limit: 2) == [1, 2])
        #expect(try due(store, .checkBack, at: 9) == [9])
        #expect(try store.read { try $0.earliestDue(.order) } == key(1, due: 1).due)
        #expect(try store.read { try $0.earliestDue(.call) } == nil)
    }

    @Test func `is deleted exactly once, and only under its whole name`() throws {
        let store = try Store.inMemory()
        try store.write { transaction in try transaction.insert(key(1, due: 1)) }
        func delete(_ key: TimeoutKey) throws -> Bool { try store.write { try $0.delete(key) } }
        #expect(try !delete(key(1, due: 2)))
        #expect(try !delete(key(2, due: 1)))
        #expect(try !delete(key(1, due: 1, kind: .call)))
        #expect(try store.read { try $0.isPending(key(1, due: 1)) })
        #expect(try delete(key(1, due: 1)))
        #expect(try !delete(key(1, due: 1)))
        #expect(try store.read { try !$0.isPending(key(1, due: 1)) })
    }

    @Test func `moves to another time if it is still there`() throws {
        let store = try Store.inMemory()
        try store.write { transaction in try transaction.insert(key(1, due: 1)) }
        #expect(try store.write { try $0.move(key(1, due: 1), to: key(1, due: 5).due) })
        #expect(try !store.write { try $0.move(key(1, due: 1), to: key(1, due: 6).due) })
        #expect(try due(store, at: 4) == [])
        #expect(try due(store, at: 5) == [1])
    }

    @Test func `whose handling threw is tried again later, keeps its name, and can be cancelled`() throws {
        let store = try Store.inMemory()
        let retryAt = Moment.noon.advanced(by: .minutes(10))
        try store.write { transaction in
            try transaction.insert(key(1, due: 1))
            try transaction.postpone(DueTimeout(key: key(1, due: 1)), until: retryAt, error: "no disk")
        }
        #expect(try due(store, at: 9) == [])
        let again = try store.read { try $0.dueTimeouts(.order, upTo: retryAt, limit: 9) }
        #expect(again == [DueTimeout(key: key(1, due: 1), attempt: 1)])
        #expect(try store.read { try $0.earliestDue(.order) } == retryAt)
        #expect(try store.read { try $0.isPending(key(1, due: 1)) })
        try store.write { transaction in try transaction.postpone(again[0], until: nil, error: "still none") }
        let parked = try store.read { try $0.timeoutRetries(.order, after: nil, limit: 9) }
        #expect(parked.map(\.attempt) == [2])
        #expect(parked.map(\.error) == ["still none"])
        #expect(parked.map(\.retryAt) == [nil])
        #expect(try due(store, at: 1_000) == [])
        #expect(try store.read { try $0.earliestDue(.order) } == nil)
        #expect(try store.write { try $0.delete(key(1, due: 1)) })
        #expect(try store.read { try $0.timeoutRetries(.order, after: nil, limit: 9) }.isEmpty)
    }

    @Test func `is not postponed when it was cancelled meanwhile`() throws {
        let store = try Store.inMemory()
        try store.write { transaction in
            try transaction.postpone(DueTimeout(key: key(1, due: 1)), until: .noon, error: "late")
        }
        #expect(try store.read { try $0.timeoutRetries(.order, after: nil, limit: 9) }.isEmpty)
    }

    @Test func `is listed in pages, and counted up to a bound`() throws {
        let store = try Store.inMemory()
        try store.write { transaction in
            for owner in 1...5 as ClosedRange<Int64> { try transaction.insert(key(owner, due: owner / 3)) }
        }
        var listed: [TimeoutKey] = []
        while true {
            let page = try store.read { [listed] in try $0.timeouts(.order, after: listed.last, limit: 2) }
            if page.isEmpty { break }
            listed += page
        }
        #expect(listed.map(\.owner) == [1, 2, 3, 4, 5])
        func count(upTo minutes: Int64, limit: Int) throws -> Int {
            try store.read { try $0.countTimeouts(.order, upTo: key(0, due: minutes).due, limit: limit) }
        }
        #expect(try count(upTo: 0, limit: 9) == 2)
        #expect(try count(upTo: 9, limit: 3) == 3)
    }
}
