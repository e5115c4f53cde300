import Testing
import WaybillBroker
import WaybillCore
import WaybillTimeouts

/// Seeded runs of producers, consumers, clocks and crashes, beside a count of what every message came to.
@Suite struct `Whatever happens by lot` {
    /// What a run believes of each message.
    private struct Ledger {
        var sent: [Int: String] = [:]
        var acknowledged: Set<Int> = []
        var dead: Set<Int> = []
        var held: [(number: Int, batch: Int, receipt: DeliveryReceipt)] = []
        var batches = 0
        /// The batch that had messages of a message group last.
        var last: [String: Int] = [:]

        /// Whether every earlier message of the same message group is over, or came before it in its batch.
        func isInTurn(_ number: Int, after batch: some Sequence<Int>) -> Bool {
            let before = Set(batch)
            return sent.allSatisfy { other, key in
                other >= number || key != sent[number] || acknowledged.contains(other) || dead.contains(other)
                    || before.contains(other)
            }
        }

        /// Whether a batch is the last that had messages of the message group: another begins when it is over.
        func isLast(_ batch: Int, of number: Int) -> Bool { sent[number].map { last[$0] == batch } ?? false }
    }

    @Test(arguments: [false, true], 1...12)
    func `no message is lost or finished twice, and message groups keep their order`(
        isFIFO: Bool, seed: Int
    ) async throws {
        let shop = try ReopenedBroker { $0.markStep = 7 }
        let broker = shop.driver
        var generator = SeededGenerator(seed: UInt64(seed) &* 7_919)
        let rules = GroupSettings(isFIFO: isFIFO, attemptsMax: 4, ladder: [.seconds(1), .seconds(20)])
        try await broker.begin("points", rules)
        try await broker.createGroup("audit", GroupSettings())
        var ledger = Ledger()
        for step in 0..<250 {
            try await perform(Int.random(in: 0..<100, using: &generator), shop, &ledger, isFIFO, &generator)
            ledger.dead.formUnion(try await deadLetters(broker))
            let lags = try await broker.lags("points")
            let lag = lags.first { $0.topic == "orders" } ?? GroupLag(group: "points", topic: "orders")
            if lag.sent > 0, lag.waiting < lag.sent || !ledger.acknowledged.isEmpty {
                #expect(
                    lag.finished == Int64(ledger.acknowledged.count + ledger.dead.count), "seed \(seed), step \(step)")
            }
        }
        try await finish(shop, &ledger, isFIFO)
        #expect(ledger.acknowledged.union(ledger.dead) == Set(ledger.sent.keys), "seed \(seed)")
        #expect(ledger.acknowledged.isDisjoint(with: ledger.dead), "seed \(seed)")
        #expect(try await broker.lags("points").allSatisfy { $0.messages == 0 }, "seed \(seed)")
    }

    private func perform(
        _ roll: Int, _ shop: ReopenedBroker, _ ledger: inout Ledger, _ isFIFO: Bool,
        _ generator: inout SeededGenerator
    ) async throws {
        let broker = shop.driver
        switch roll {
        case 0..<30:
            let number = ledger.sent.count
            let key = "k\(Int.random(in: 0..<4, using: &generator))"
            ledger.sent[number] = key
            try await broker.send(number, key: isFIFO ? Text(key) : nil, priority: isFIFO ? 0 : number % 3)
        case 30..<55:
            let batch = try await broker.take(
                "points", max: Int.random(in: 1...5, using: &generator),
                client: Text("c\(Int.random(in: 0..<3, using: &generator))"))
            // An earlier one may have died in this very take.
            ledger.dead.formUnion(try await deadLetters(broker))
            ledger.batches += 1
            for (index, number) in batch.numbers.enumerated() {
                #expect(!ledger.acknowledged.contains(number) && !ledger.dead.contains(number))
                if isFIFO { #expect(ledger.isInTurn(number, after: batch.numbers[..<index])) }
                if let key = ledger.sent[number] { ledger.last[key] = ledger.batches }
                ledger.held.append((number, ledger.batches, batch[index].receipt))
            }
        case 55..<85:
            guard !ledger.held.isEmpty else { return }
            let held = ledger.held.remove(at: Int.random(in: 0..<ledger.held.count, using: &generator))
            let isTaken: Bool
            if roll < 75 {
                isTaken = await broker.acknowledge(held.receipt) == nil
                if isTaken { #expect(ledger.acknowledged.insert(held.number).inserted) }
            } else if roll < 82 {
                isTaken = await broker.fail(held.receipt, nil) == nil
            } else {
                isTaken = await broker.extend(held.receipt, .minutes(1)) == nil
                ledger.held.append(held)
            }
            if isFIFO, isTaken { #expect(ledger.isLast(held.batch, of: held.number), "in flight with two consumers") }
        case 85..<95: broker.pass(Interval(milliseconds: Int64.random(in: 1...40_000, using: &generator)))
        case 95..<98: try broker.crash()
        default: try broker.restart()
        }
    }

    private func finish(_ shop: ReopenedBroker, _ ledger: inout Ledger, _ isFIFO: Bool) async throws {
        for _ in 0..<200 {
            shop.driver.pass(.minutes(2))
            while case let batch = try await shop.driver.take("points"), !batch.isEmpty {
                ledger.dead.formUnion(try await deadLetters(shop.driver))
                for delivery in batch {
                    let number = [delivery].numbers[0]
                    if isFIFO { #expect(ledger.isInTurn(number, after: [])) }
                    #expect(await shop.driver.acknowledge(delivery.receipt) == nil)
                    #expect(ledger.acknowledged.insert(number).inserted)
                }
            }
            ledger.dead.formUnion(try await deadLetters(shop.driver))
            if try await shop.driver.lags("points").allSatisfy({ $0.messages == 0 }) { return }
        }
    }

    private func deadLetters(_ broker: DeliveryDriver) async throws -> [Int] {
        do {
            return try await broker.drain("audit", Subscription("%DLQ%points"))
        } catch let refusal as FaceRefusal where refusal.code == "unknown_topic" {
            return []
        }
    }
}
