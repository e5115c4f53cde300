import Testing
import WaybillBroker
import WaybillCore
import WaybillEngine
import WaybillStore

/// How a process ends between a move of messages and those who are to have them.
enum Ending: CaseIterable, Sendable {
    case crash, restart

    func end(_ broker: DeliveryDriver) throws {
        switch self {
        case .crash: try broker.crash()
        case .restart: try broker.restart()
        }
    }
}

/// What every face promises about messages that an operator moves just before the process ends.
@Suite struct `Messages that are moved` {
    @Test(arguments: DeliveryFace.all.filter(\.canFail), Ending.allCases)
    func `from a lane to the base come to the base, though the process ends in between`(
        face: DeliveryFace, ending: Ending
    ) async throws {
        for isFIFO in [false, true] {
            let broker = try face.open()
            try await broker.begin("points", GroupSettings(isFIFO: isFIFO, ladder: [.seconds(1)]))
            for number in 0..<6 { try await broker.send(number, key: "k\(number)", lane: "green") }
            let held = try await broker.take("points", max: 3, client: "green") { $0.lane = "green" }
            #expect(held.numbers == [0, 1, 2])
            #expect(await broker.acknowledge(held[0].receipt) == nil)
            #expect(await broker.fail(held[1].receipt, nil) == nil)
            let share = try #require(try await broker.closeLane("green", .promoted).shares.first)
            #expect([share.sent, share.finished, share.inFlight, share.owed, share.waiting] == [6, 1, 1, 1, 3])

            try ending.end(broker)
            // An orderly end leaves the third message to its holder; of a crash nobody knows, except in FIFO groups.
            broker.pass(.seconds(31))
            let base = try await broker.take("points", client: "base")
            #expect(base.numbers.sorted() == [1, 2, 3, 4, 5], "FIFO: \(isFIFO)")
            for delivery in base {
                // After a crash an ordinary group counts what lies below its mark as delivered.
                let isCounted = [1, 2].contains([delivery].numbers[0]) || ending == .crash && !isFIFO
                #expect(delivery.attempt == (isCounted ? 2 : 1))
                #expect(await broker.acknowledge(delivery.receipt) == nil)
            }
            #expect(await broker.acknowledge(held[2].receipt)?.code == "stale_receipt")
            try await broker.send(9, key: "k9", lane: "green")
            #expect(try await broker.drain("points") == [9])
            try ending.end(broker)
            broker.pass(.hours(3))
            #expect(try await broker.drain("points") == [])
            #expect(try await broker.lags("points").allSatisfy { $0.messages == 0 })
        }
    }

    @Test(arguments: DeliveryFace.all, Ending.allCases)
    func `back from the dead letters come once, though the process ends before anybody gets them`(
        face: DeliveryFace, ending: Ending
    ) async throws {
        for isFIFO in [false, true] {
            let broker = try face.open()
            try await broker.begin("points", GroupSettings(isFIFO: isFIFO))
            for number in 0..<4 { try await broker.send(number, key: "k\(number % 2)") }
            for number in 0..<4 {
                for delivery in try await broker.take("points") {
                    #expect(await broker.deadLetter(delivery.receipt) == nil, "\(number)")
                }
            }
            #expect(try await broker.redrive("points") == 4)
            try ending.end(broker)
            #expect(try await broker.redrive("points") == 0, "they are on their way already")
            var again: [Int] = []
            while case let batch = try await broker.take("points", max: 1), let delivery = batch.first {
                again += batch.numbers
                #expect(delivery.topic == "orders")
                // The first goes down with the process once more, and its attempt is counted.
                if again.count == 1 {
                    #expect(delivery.attempt == 1)
                    try ending.end(broker)
                    broker.pass(.seconds(31))
                    continue
                }
                #expect(delivery.attempt == (again.count == 2 ? 2 : 1))
                #expect(await broker.acknowledge(delivery.receipt) == nil)
            }
            #expect(again == [0, 0, 1, 2, 3], "FIFO: \(isFIFO)")
            try ending.end(broker)
            #expect(try await broker.redrive("points") == 0)
            broker.pass(.hours(3))
            #expect(try await broker.take("points").isEmpty)
        }
    }

    @Test(arguments: Ending.allCases, [false, true])
    func `to the past with open effects have each effect once, whenever the process ends`(
        ending: Ending, isFIFO: Bool
    ) async throws {
        let broker = try ReopenedBroker()
        try await broker.driver.begin("points", GroupSettings(isFIFO: isFIFO))
        try await broker.driver.createTopic("letters", .mixed)
        try await broker.driver.createGroup("post", GroupSettings())
        // Effects of the first two happened before the look-back; those of the others were shut.
        for number in 0..<2 { try await broker.driver.send(number, key: "k") }
        #expect(try await letters(broker, max: 10) == 2)
        for number in 2..<6 { try await broker.driver.send(number, key: "k") }
        _ = try await broker.driver.drain("points")

        let reply = await broker.ask(LookBack("points", "orders", to: .oldest, effects: .open, isPreview: false))
        guard case .success(let report) = reply else { throw Unexpected("\(reply)") }
        #expect(report.queues.map(\.again) == [6])
        try ending.end(broker.driver)
        // Some now, some after one more end.
        #expect(try await letters(broker, max: 3) > 0)
        try ending.end(broker.driver)
        while try await letters(broker, max: 3) > 0 {}
        try ending.end(broker.driver)
        #expect(try await broker.driver.drain("post", Subscription("letters")).sorted() == [0, 1, 2, 3, 4, 5])
        // Shut again: what comes again has no effect, and what is new has.
        _ = await broker.ask(LookBack("points", "orders", to: .oldest, isPreview: false))
        try ending.end(broker.driver)
        try await broker.driver.send(6, key: "k")
        while try await letters(broker, max: 3) > 0 {}
        #expect(try await broker.driver.drain("post", Subscription("letters")) == [6])
    }

    /// Lets a module write a letter for each message; answers how many messages it has handled.
    private func letters(_ broker: ReopenedBroker, max: Int) async throws -> Int {
        let reception = ReceiveRequest(
            group: "points", subscription: Subscription("orders"), client: "module", max: max)
        return try await broker.engine.consume(reception, deadline: .seconds(5)) { delivery, _, effects in
            effects.send(NewMessage(to: "letters", body: delivery.body), named: "letter")
        }.get().done
    }
}
