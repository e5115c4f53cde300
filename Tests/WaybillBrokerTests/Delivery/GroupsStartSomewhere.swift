import Testing
import WaybillBroker
import WaybillCore
import WaybillEngine
import WaybillStore

/// Where a group begins in a topic that it has not read before.
@Suite struct `A group that starts at the newest` {
    private let newest = GroupSettings(startsAt: .newest)

    @Test func `gets nothing of what is there, and all that is sent from then on`() async throws {
        let broker = try ReopenedBroker().driver
        try await broker.begin("points", newest)
        try await broker.createGroup("audit", GroupSettings())
        for number in 0..<3 { try await broker.send(number) }
        #expect(try await broker.take("points").isEmpty)
        for number in 3..<5 { try await broker.send(number) }
        #expect(try await broker.take("points").numbers == [3, 4])
        #expect(try await broker.take("audit").numbers == [0, 1, 2, 3, 4])
    }

    @Test(arguments: [true, false]) func `gets the first message of a queue that comes later`(
        reopens: Bool
    ) async throws {
        let shop = try ReopenedBroker()
        let broker = shop.driver
        try await broker.begin("points", newest)
        try await broker.send(0)
        #expect(try await broker.take("points").isEmpty)
        if reopens { try shop.restart() }
        try await broker.send(1, priority: 5)
        try await broker.send(2, lane: "blue")
        #expect(try await broker.drain("points") == [1, 2])
    }

    /// The expressions of a group are forgotten when it is away for long, so they do not say what it has read.
    @Test func `has read a topic that was empty when it came first`() async throws {
        let shop = try ReopenedBroker()
        let broker = shop.driver
        try await broker.begin("points", newest)
        try await broker.createGroup("mail", GroupSettings())
        #expect(try await broker.take("mail").isEmpty)
        #expect(try await broker.take("points").isEmpty)
        broker.pass(.days(1))
        while try shop.engine.maintain() {}
        try shop.restart()
        while try shop.engine.maintain() {}
        try await broker.send(7)
        #expect(try await broker.take("points").numbers == [7])
        for group in 1...2 {
            let cursors = try shop.engine.store.read { rows in try rows.cursors(of: GroupNumber(Int64(group)), limit: 9)
            }
            #expect(cursors.count == 1, "group \(group) is owed the message too")
        }
        #expect(try await broker.take("mail").numbers == [7])
    }

    @Test func `says so after a restart, and who made it`() async throws {
        let shop = try ReopenedBroker()
        let made = try await shop.ask(KeepGroup("points", newest, by: "eva")).get().group
        #expect(made.settings.startsAt == .newest && made.createdBy == "eva")
        try shop.restart()
        #expect(try shop.engine.store.read { rows in try rows.group("points") }?.view == made)
        #expect(try await shop.ask(UpdateGroup("points", GroupSettings())).get().settings.startsAt == .oldest)
    }
}
