import Testing
import WaybillBroker
import WaybillCore

/// What every face promises of an outage.
@Suite struct `An hour without consumers` {
    @Test(arguments: DeliveryFace.all)
    func `loses nothing, doubles nothing and keeps the order`(
        face: DeliveryFace
    ) async throws {
        let broker = try face.open()
        try await broker.begin("points", GroupSettings(isFIFO: true))
        try await broker.createGroup("mail", GroupSettings())
        let held = try await sendAndTake(broker)
        for minute in 0..<60 {
            broker.pass(.minutes(1))
            for number in 0..<4 { try await broker.send(10 + minute * 4 + number, key: "k\(number % 3)") }
        }
        for delivery in held { #expect(await broker.acknowledge(delivery.receipt)?.code == "stale_receipt") }
        #expect(try await broker.lags("points").map(\.messages) == [250])
        #expect(try await broker.lags("points").first?.oldest == .hours(1))
        let numbers = try await drainAll("points", broker)
        #expect(Set(numbers).count == 250)
        for key in 0..<3 {
            let ofKey = numbers.filter { ($0 < 10 ? $0 : ($0 - 10) % 4) % 3 == key }
            #expect(ofKey == ofKey.sorted(), "message group k\(key)")
        }
        #expect(try await drainAll("mail", broker).sorted() == Array(0..<250))
        #expect(try await broker.take("points").isEmpty)
    }

    private func sendAndTake(_ broker: DeliveryDriver) async throws -> [Delivery] {
        for number in 0..<10 { try await broker.send(number, key: "k\(number % 3)") }
        let held = try await broker.take("points", max: 3)
        #expect(held.numbers == [0, 1, 2])
        return held + (try await broker.take("mail", max: 3))
    }

    private func drainAll(_ group: GroupName, _ broker: DeliveryDriver) async throws -> [Int] {
        var numbers: [Int] = []
        while true {
            let batch = try await broker.take(group)
            if batch.isEmpty { return numbers }
            for delivery in batch {
                if let refusal = await broker.acknowledge(delivery.receipt) { throw refusal }
            }
            numbers += batch.numbers
        }
    }
}
