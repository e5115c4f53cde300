import Testing
import WaybillBroker
import WaybillCore
import WaybillEngine
import WaybillStore

@Suite struct `A handler in the write of its acknowledgement` {
    private struct Poison: Error {}

    private func open(_ numbers: Range<Int>, _ rules: GroupSettings = GroupSettings()) async throws -> ReopenedBroker {
        let broker = try ReopenedBroker()
        try await broker.driver.begin("points", rules)
        try await broker.engine.migrateTables(deadline: .seconds(5)) { tables in
            try tables.execute("CREATE TABLE points_effect (number INTEGER NOT NULL)")
        }
        for number in numbers { try await broker.driver.send(number) }
        return broker
    }

    private func consume(_ broker: ReopenedBroker, poison: Int? = nil) async throws -> Engine.Consumption {
        let reception = ReceiveRequest(group: "points", subscription: Subscription("orders"), client: "m", max: 100)
        return try await broker.engine.consume(reception, deadline: .seconds(5)) { delivery, tables, _ in
            let number = [delivery].numbers[0]
            try tables.execute("INSERT INTO points_effect (number) VALUES (?1)", [.integer(Int64(number))])
            if number == poison { throw Poison() }
        }.get()
    }

    private func effects(_ broker: ReopenedBroker) throws -> [Int64] {
        try broker.engine.store.write { transaction in
            try transaction.withModuleTables { tables in
                try tables.rows("SELECT number FROM points_effect ORDER BY rowid").map { row in
                    guard case .integer(let number) = row.values[0] else { return -1 }
                    return number
                }
            }
        }
    }

    @Test func `happens once for each message, a hundred in a write`() async throws {
        let broker = try await open(0..<150)
        let writes = broker.engine.writeCount
        #expect(try await consume(broker).done == 100)
        // One to subscribe, one for the mark, one for the effects.
        #expect(broker.engine.writeCount - writes == 3)
        #expect(try await consume(broker).done == 50)
        #expect(try await consume(broker).isEmpty)
        #expect(try effects(broker) == Array(0..<150))
        try broker.crash()
        #expect(try await consume(broker).isEmpty)
    }

    @Test func `leaves out the message that it cannot take, and only that`() async throws {
        let broker = try await open(0..<5, GroupSettings(attemptsMax: 2, ladder: [.seconds(1)]))
        let first = try await consume(broker, poison: 2)
        #expect(first.done == 4)
        #expect(first.failed.count == 1)
        #expect(try effects(broker) == [0, 1, 3, 4])
        broker.driver.pass(.seconds(1))
        #expect(try await consume(broker, poison: 2).failed.count == 1)
        broker.driver.pass(.hours(1))
        #expect(try await consume(broker, poison: 2).isEmpty)
        #expect(try effects(broker) == [0, 1, 3, 4])
        #expect(try await broker.driver.redrive("points") == 1)
        #expect(try await consume(broker).done == 1)
        #expect(try effects(broker) == [0, 1, 3, 4, 2])
    }

    @Test func `does not happen for a delivery that is over`() async throws {
        let broker = try await open(0..<1)
        let reception = ReceiveRequest(group: "points", subscription: Subscription("orders"), client: "m", max: 100)
        let late = try await broker.engine.receive(reception).get()
        broker.driver.pass(.seconds(31))
        #expect(try await broker.driver.take("points").count == 1)
        #expect(late.count == 1)
        #expect(try await consume(broker).isEmpty)
        #expect(try effects(broker).isEmpty)
    }

    @Test func `knows what a look-back brings again`() async throws {
        let broker = try await open(0..<3)
        #expect(try await consume(broker, poison: 1).done == 2)
        let preview = try await broker.driver.lookBack("points", "orders", .oldest, true)
        #expect(preview.queues.map(\.again) == [3])
        let report = try await broker.driver.lookBack("points", "orders", .oldest, false)
        #expect(report.queues == preview.queues)
        var seen: [Int: Bool] = [:]
        broker.driver.pass(.seconds(5))
        while case let batch = try await broker.driver.take("points"), !batch.isEmpty {
            for delivery in batch {
                seen[[delivery].numbers[0]] = delivery.isReplayed
                #expect(await broker.driver.acknowledge(delivery.receipt) == nil)
            }
        }
        // The one that had failed was never finished: its effect must still happen.
        #expect(seen == [0: true, 1: false, 2: true])
    }
}
