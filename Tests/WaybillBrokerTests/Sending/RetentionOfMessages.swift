import Testing
import WaybillBroker
import WaybillCore
import WaybillEngine
import WaybillStore

@Suite struct `Retention` {
    private let kibibyte = [UInt8](repeating: 7, count: 1_024 - 64)

    private func desk(
        _ settings: TopicSettings = TopicSettings(type: .mixed, bytesMax: 1 << 20, retention: .hours(1))
    ) throws -> SendingDesk {
        let desk = try SendingDesk()
        _ = try desk.ask(CreateTopic("orders", settings))
        return desk
    }

    private func fill(_ desk: SendingDesk, _ count: Int) throws {
        for _ in 0..<count { _ = try desk.send(.sample("orders", kibibyte)) }
    }

    /// A group that came so far in the topic's only queue.
    private func group(_ desk: SendingDesk, _ name: GroupName, floor: Int64, usedAt: Moment? = nil) throws {
        _ = try desk.ask(KeepGroup(name, GroupSettings()))
        try desk.store.write { transaction in
            var row = try #require(try transaction.group(name))
            row.lastUsedAt = usedAt ?? desk.now
            try transaction.updateGroup(row)
            let topic = try #require(try transaction.topic("orders"))
            let queue = try #require(try transaction.storedQueues(of: topic).first)
            try transaction.put(CursorRow(group: row.number, queue: queue.number, floor: floor), replacing: nil)
        }
    }

    private func cursor(_ desk: SendingDesk, _ name: GroupName) throws -> CursorRow? {
        try desk.store.read { rows in
            guard let group = try rows.group(name), let topic = try rows.topic("orders"),
                let queue = try rows.storedQueues(of: topic).first
            else { return nil }
            return try rows.cursor(group: group.number, queue: queue.number)
        }
    }

    private func maintain(_ desk: SendingDesk) throws {
        desk.pass(.seconds(10))
        var rounds = 0
        while try desk.engine.maintain() {
            rounds += 1
            try #require(rounds < 1_000, "maintenance never comes to an end")
        }
    }

    private func offsets(_ desk: SendingDesk) throws -> ClosedRange<Int64>? {
        let offsets = try desk.stored(in: "orders").map(\.place.offset)
        guard let first = offsets.first, let last = offsets.last else { return nil }
        return first...last
    }

    @Test func `warns of an idle group once, until it was used again`() throws {
        let desk = try desk()
        try fill(desk, 1)
        let long = desk.now.advanced(by: .days(-8))
        try group(desk, "points", floor: 1)
        try group(desk, "old", floor: 0, usedAt: long)
        func warned() throws -> [String] {
            try maintain(desk)
            return try desk.engine.audits(limit: 100).filter { $0.type == "$idle" }
                .map { String(decoding: $0.body, as: UTF8.self) }
        }
        let first = try warned()
        #expect(first.count == 1 && first.first?.contains("\"group\":\"old\"") == true)
        #expect(try warned() == first)
        try desk.store.write { transaction in
            var row = try #require(try transaction.group("old"))
            row.lastUsedAt = long.advanced(by: .hours(1))
            try transaction.updateGroup(row)
        }
        #expect(try warned().count == 2)
    }

    @Test func `keeps what is younger than its time, and what a group is owed however old it is`() throws {
        let desk = try desk()
        try fill(desk, 10)
        desk.pass(.minutes(50))
        try fill(desk, 10)
        try maintain(desk)
        #expect(try offsets(desk) == 0...19)
        try group(desk, "points", floor: 4)
        desk.pass(.minutes(11))
        try maintain(desk)
        #expect(try offsets(desk) == 4...19)
        desk.pass(.days(100))
        try maintain(desk)
        #expect(try offsets(desk) == 4...19)
        #expect(try desk.engine.audits(limit: 10).map(\.type) == ["$idle"])
        #expect(try cursor(desk, "points")?.gap == nil)
    }

    @Test func `keeps a message that waits for its redelivery`() throws {
        let desk = try desk()
        try fill(desk, 10)
        try group(desk, "points", floor: 10)
        try desk.store.write { transaction in
            let group = try #require(try transaction.group("points"))
            let topic = try #require(try transaction.topic("orders"))
            let queue = try #require(try transaction.storedQueues(of: topic).first)
            try transaction.insert(
                RedeliveryRow(group: group.number, queue: queue.number, offset: 3, attempt: 2, state: .parked))
        }
        desk.pass(.days(100))
        try maintain(desk)
        #expect(try offsets(desk) == 3...9)
    }

    @Test func `gives every offset once, though all messages are gone`() throws {
        let desk = try desk()
        try fill(desk, 3)
        desk.pass(.hours(2))
        try maintain(desk)
        #expect(try offsets(desk) == nil)
        try fill(desk, 1)
        #expect(try offsets(desk) == 3...3)
    }

    @Test func `of a topic beyond its size takes first what nobody is owed, the oldest`() throws {
        let desk = try desk()
        try fill(desk, 1_030)
        try group(desk, "points", floor: 500)
        try maintain(desk)
        #expect(try offsets(desk) == 6...1_029)
        #expect(try desk.engine.audits(limit: 10).isEmpty)
    }

    @Test func `then what idle groups are owed, and last what anybody is, and says so`() throws {
        let desk = try desk()
        desk.pass(.days(30))
        try fill(desk, 1_000)
        try group(desk, "idle", floor: 0, usedAt: desk.now.advanced(by: .days(-8)))
        try group(desk, "points", floor: 20)
        try fill(desk, 34)
        try maintain(desk)
        #expect(try offsets(desk) == 10...1_033)
        #expect(try cursor(desk, "idle")?.gap == 10)
        #expect(try cursor(desk, "idle")?.floor == 10)
        #expect(try cursor(desk, "points")?.gap == nil)
        try fill(desk, 20)
        try maintain(desk)
        #expect(try offsets(desk) == 30...1_053)
        #expect(try cursor(desk, "points")?.gap == 30)
        #expect(try cursor(desk, "points")?.floor == 30)
        let audits = try desk.engine.audits(limit: 100)
        #expect(Set(audits.map(\.type)) == ["$gap", "$idle"])
        #expect(audits.map(\.version) == (1...audits.count).map { Int64($0) })
        let texts = audits.filter { $0.type == "$gap" }.map { String(decoding: $0.body, as: UTF8.self) }
        #expect(texts[0].contains(#""group":"idle""#) && texts[0].contains(#""to":10"#))
        #expect(texts.contains { $0.contains(#""group":"points""#) && $0.contains(#""topic":"orders""#) })
    }

    @Test func `says beforehand what will go, and whose claims stand in the way`() throws {
        let desk = try desk()
        desk.pass(.days(30))
        try fill(desk, 1_044)
        try group(desk, "idle", floor: 10, usedAt: desk.now.advanced(by: .days(-8)))
        try group(desk, "points", floor: 1_044)
        desk.pass(.minutes(61))
        let counted = try desk.engine.messages.retention(of: "orders", at: desk.now)
        let report = try #require(counted)
        #expect(report.messages == 1_044)
        #expect(report.goesByTime == 10)
        #expect(report.claims.map(\.group) == ["idle", "points"])
        #expect(report.claims.map(\.owed) == [1_034, 0])
        #expect(report.claims.map(\.isIdle) == [true, false])
        try maintain(desk)
        let after = try #require(try desk.engine.messages.retention(of: "orders", at: desk.now))
        #expect(after.goesByTime == 0)
        #expect(after.bytes <= 1 << 20)
        #expect(after.bytesBeyondSize == 0)
        #expect(after.claims.first?.gapBelow == 20)
    }

    @Test func `frees a deleted topic by and by, a thousand messages in a write at most`() throws {
        let desk = try desk()
        try fill(desk, 2_500)
        let topic = try #require(try desk.store.read { try $0.topic("orders") })
        let queue = try #require(try desk.store.read { try $0.storedQueues(of: topic) }.first).number
        _ = try desk.ask(DeleteTopic("orders"))
        var left = 2_500
        while left > 0 {
            _ = try desk.engine.maintain()
            let now = try desk.store.read { try $0.messageHeads(in: queue, fromOffset: 0, limit: 9_999) }.count
            #expect(left - now <= 1_000)
            try #require(now < left)
            left = now
        }
        try maintain(desk)
    }

    @Test func `forgets what was decided a day ago`() throws {
        let desk = try desk()
        let prepared = try desk.prepare(.sample())
        _ = try desk.resolve(prepared, .rollback)
        desk.pass(.hours(23))
        try maintain(desk)
        #expect(try desk.pending().count == 1)
        desk.pass(.hours(1))
        try maintain(desk)
        #expect(try desk.pending().isEmpty)
    }

    @Test func `counts on after the file was opened again`() throws {
        let file = try TemporaryBrokerFile()
        let first = try SendingDesk(store: file.open())
        _ = try first.ask(CreateTopic("orders", TopicSettings(type: .mixed, bytesMax: 1 << 20)))
        try fill(first, 600)
        try maintain(first)
        first.engine.close()
        let second = try SendingDesk(store: file.open(), seed: 2)
        try fill(second, 500)
        try maintain(second)
        #expect(try offsets(second) == 76...1_099)
        second.engine.close()
    }
}
