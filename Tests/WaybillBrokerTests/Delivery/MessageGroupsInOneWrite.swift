import Synchronization
import Testing
import WaybillBroker
import WaybillCore
import WaybillEngine
import WaybillStore
import WaybillTimeouts

/// A module whose group is FIFO takes and handles messages in the same write.
@Suite struct `Message groups that a module handles` {
    private struct Poison: Error {}
    private static let rules = GroupSettings(isFIFO: true, attemptsMax: 3, ladder: [.seconds(1)])

    private func open(_ numbers: Range<Int>, _ rules: GroupSettings = rules) async throws -> ReopenedBroker {
        let broker = try ReopenedBroker()
        try await broker.driver.begin("points", rules)
        try await broker.engine.migrateTables(deadline: .seconds(5)) { tables in
            try tables.execute("CREATE TABLE points_effect (number INTEGER NOT NULL, attempt INTEGER NOT NULL)")
        }
        try await send(numbers, to: broker)
        return broker
    }

    /// Even and odd numbers are a message group each.
    private func send(_ numbers: Range<Int>, to broker: ReopenedBroker) async throws {
        for number in numbers { try await broker.driver.send(number, key: number.isMultiple(of: 2) ? "even" : "odd") }
    }

    private func consume(_ broker: ReopenedBroker, poison: Set<Int> = []) async throws -> Engine.Consumption {
        let reception = ReceiveRequest(group: "points", subscription: Subscription("orders"), client: "m", max: 100)
        return try await broker.engine.consume(reception, deadline: .seconds(5)) { delivery, tables, _ in
            let number = [delivery].numbers[0]
            try tables.execute(
                "INSERT INTO points_effect VALUES (?1, ?2)", [.integer(Int64(number)), .integer(delivery.attempt)])
            if poison.contains(number) { throw Poison() }
        }.get()
    }

    /// The numbers that were handled, in order, with their attempts.
    private func effects(_ broker: ReopenedBroker, _ column: String = "number") throws -> [Int64] {
        try broker.engine.store.write { transaction in
            try transaction.withModuleTables { tables in
                try tables.rows("SELECT \(column) FROM points_effect ORDER BY rowid").compactMap { row in
                    guard case .integer(let value) = row.values[0] else { return nil }
                    return value
                }
            }
        }
    }

    @Test func `need one write for a hundred messages, and no row`() async throws {
        let broker = try await open(0..<150)
        let writes = broker.engine.writeCount
        #expect(try await consume(broker).done == 100)
        // One to subscribe, one for the mark, one for the effects; then the mark is far enough ahead.
        #expect(broker.engine.writeCount - writes == 3)
        #expect(try await consume(broker).done == 50)
        #expect(broker.engine.writeCount - writes == 4)
        #expect(try await consume(broker).isEmpty)
        #expect(try effects(broker) == Array(0..<150))
        try broker.crash()
        #expect(try await consume(broker).isEmpty)
    }

    @Test func `are invisible to others for as long as their group says`() async throws {
        let broker = try await open(0..<2, GroupSettings(isFIFO: true, attemptsMax: 3, invisible: .minutes(7)))
        let reception = ReceiveRequest(group: "points", subscription: Subscription("orders"), client: "m")
        let told = Mutex<[Moment]>([])
        _ = try await broker.engine.consume(reception, deadline: .seconds(5)) { delivery, _, _ in
            told.withLock { $0.append(delivery.invisibleUntil) }
        }.get()
        let end = broker.clock.now.advanced(by: .minutes(7))
        #expect(told.withLock { $0 } == [end, end])
    }

    @Test func `are found behind however many that nobody wants`() async throws {
        let broker = try await open(0..<0)
        for number in 0..<250 { try await broker.driver.send(number, tag: "placed", key: "k") }
        try await broker.driver.send(250, tag: "paid", key: "k")
        let reception = ReceiveRequest(
            group: "points", subscription: Subscription("orders", tags: "paid"), client: "m", max: 100)
        let first = try await broker.engine.consume(reception, deadline: .seconds(5)) { _, _, _ in }.get()
        #expect(first.done == 1)
        #expect(try await broker.engine.consume(reception, deadline: .seconds(5)) { _, _, _ in }.get().isEmpty)
    }

    @Test func `wait behind one of them that fails, and go on in order`() async throws {
        let broker = try await open(0..<6)
        var failed = try await consume(broker, poison: [2]).failed.count
        // Those that wait are handled neither now nor by a look at what is new.
        try await send(6..<8, to: broker)
        while case let some = try await consume(broker, poison: [2]), !some.isEmpty { failed += some.failed.count }
        #expect(failed == 1)
        #expect(try effects(broker) == [0, 1, 3, 5, 7])
        broker.driver.pass(.seconds(1))
        while try await !consume(broker).isEmpty {}
        #expect(try effects(broker) == [0, 1, 3, 5, 7, 2, 4, 6])
    }

    @Test func `are not handled behind one that fails, when a look-back brings them together`() async throws {
        let broker = try await open(0..<6)
        while try await !consume(broker).isEmpty {}
        _ = try await broker.driver.lookBack("points", "orders", .oldest, false)
        var failed: [String] = []
        while case let some = try await consume(broker, poison: [2]), !some.isEmpty { failed += some.failed.map(\.why) }
        #expect(failed.count == 1)
        #expect(try effects(broker).dropFirst(6).filter { !$0.isMultiple(of: 2) } == [1, 3, 5])
        #expect(try effects(broker).dropFirst(6).filter { $0.isMultiple(of: 2) } == [0])
        broker.driver.pass(.seconds(1))
        while try await !consume(broker).isEmpty {}
        #expect(try effects(broker).dropFirst(6).filter { $0.isMultiple(of: 2) } == [0, 2, 4])
    }

    @Test func `wait for what another consumer has taken of their own, and for nothing else`() async throws {
        let broker = try await open(0..<2)
        let taken = try await broker.driver.take("points", max: 1)
        #expect(taken.numbers == [0])
        try await send(2..<4, to: broker)
        while try await !consume(broker).isEmpty {}
        #expect(try effects(broker) == [1, 3])
        #expect(await broker.driver.acknowledge(taken[0].receipt) == nil)
        while try await !consume(broker).isEmpty {}
        #expect(try effects(broker) == [1, 3, 2])
    }

    @Test func `have used an attempt when the process ended, each that a write might have held`() async throws {
        let broker = try await open(0..<3)
        #expect(try await consume(broker).done == 3)
        try await send(3..<5, to: broker)
        try broker.crash()
        while try await !consume(broker).isEmpty {}
        #expect(try effects(broker) == [0, 1, 2, 3, 4])
        #expect(try effects(broker, "attempt") == [1, 1, 1, 2, 2])
    }

    @Test func `have used no attempt after an orderly stop`() async throws {
        let broker = try await open(0..<3)
        #expect(try await consume(broker).done == 3)
        try await send(3..<5, to: broker)
        try broker.restart()
        while try await !consume(broker).isEmpty {}
        #expect(try effects(broker, "attempt") == [1, 1, 1, 1, 1])
    }

    @Test func `come again after a look-back that was made while they were out`() async throws {
        let broker = try await open(0..<4)
        #expect(try await consume(broker).done == 4)
        _ = try await broker.driver.lookBack("points", "orders", .oldest, false)
        while try await !consume(broker).isEmpty {}
        #expect(try effects(broker) == [0, 1, 2, 3, 0, 1, 2, 3])
    }
}
