import Testing
import WaybillBroker
import WaybillCore
import WaybillEngine

@Suite struct `Many receipts in one write` {
    @Test func `have each an answer, and end no delivery of another group`() async throws {
        let shop = try ReopenedBroker()
        let broker = shop.driver
        try await broker.begin()
        try await broker.createGroup("audit", GroupSettings())
        for number in 0..<4 { try await broker.send(number) }
        let taken = try await broker.take("points")
        let others = try await broker.take("audit")
        #expect(await broker.acknowledge(taken[1].receipt) == nil)
        let receipts = taken.map(\.receipt) + [others[0].receipt, DeliveryReceipt("none")]
        let writes = shop.engine.writeCount
        let answers = try await shop.ask(AcknowledgeMany(receipts, by: "points")).get()
        #expect(shop.engine.writeCount == writes + 1)
        #expect(answers.map { $0?.code } == [nil, "stale_receipt", nil, nil, "stale_receipt", "stale_receipt"])
        #expect(await broker.acknowledge(others[0].receipt) == nil)
        broker.pass(.minutes(1))
        #expect(try await broker.take("points").isEmpty)
        #expect(try await broker.take("audit").numbers.sorted() == [1, 2, 3])
    }

    @Test(arguments: [0, AcknowledgeMany.receiptsMax + 1])
    func `are as many as a call may bring`(count: Int) async throws {
        let shop = try ReopenedBroker()
        let receipts = [DeliveryReceipt](repeating: DeliveryReceipt("none"), count: count)
        #expect(await shop.ask(AcknowledgeMany(receipts, by: "points")).refusal?.code == "bad_setting")
    }
}
