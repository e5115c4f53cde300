import Testing
import WaybillBroker
import WaybillCore

/// What every face promises about the end of its process.
@Suite struct `After the end of a process` {
    @Test(arguments: DeliveryFace.all)
    func `what was not acknowledged comes again, once more counted`(face: DeliveryFace) async throws {
        let broker = try face.open()
        try await broker.begin()
        for number in 0..<4 { try await broker.send(number) }
        let first = try await broker.take("points", max: 2)
        #expect(await broker.acknowledge(first[0].receipt) == nil)
        try broker.crash()
        #expect(await broker.acknowledge(first[1].receipt)?.code == "stale_receipt")
        let again = try await broker.take("points")
        #expect(again.numbers == [1, 2, 3])
        #expect(again.map(\.attempt) == [2, 2, 2])
        for delivery in again { #expect(await broker.acknowledge(delivery.receipt) == nil) }
        try await broker.send(9)
        let fresh = try await broker.take("points")
        #expect(fresh.numbers == [9])
        #expect(fresh.map(\.attempt) == [1])
    }

    @Test(arguments: DeliveryFace.all)
    func `an orderly stop costs no attempt, and receipts live on`(face: DeliveryFace) async throws {
        let broker = try face.open()
        try await broker.begin()
        for number in 0..<3 { try await broker.send(number) }
        let held = try await broker.take("points", max: 2)
        try broker.restart()
        let rest = try await broker.take("points")
        #expect(rest.numbers == [2])
        #expect(rest.map(\.attempt) == [1])
        #expect(await broker.acknowledge(held[0].receipt) == nil)
        broker.pass(.seconds(30))
        let again = try await broker.take("points")
        #expect(again.numbers.sorted() == [1, 2])
        #expect(again.map(\.attempt) == [2, 2])
        #expect(await broker.acknowledge(held[1].receipt)?.code == "stale_receipt")
    }

    /// Only a consumer within the process ends with it.
    @Test(arguments: [DeliveryFace.inProcess])
    func `a message that ends the process each time is dead after its attempts`(face: DeliveryFace) async throws {
        let broker = try face.open()
        try await broker.begin("points", GroupSettings(attemptsMax: 3))
        for number in 0..<3 { try await broker.send(number) }
        var killed = 0
        while killed < 10 {
            let batch = try await broker.take("points") { $0.isCautious = true }
            guard !batch.isEmpty else { break }
            if batch.numbers.contains(0) {
                killed += 1
                try broker.crash()
                broker.pass(.seconds(31))
                continue
            }
            for delivery in batch { #expect(await broker.acknowledge(delivery.receipt) == nil) }
        }
        #expect(killed == 3)
        try await broker.createGroup("audit", GroupSettings())
        #expect(try await broker.drain("audit", Subscription("%DLQ%points")) == [0])
    }

    @Test(arguments: DeliveryFace.all)
    func `one attempt is one delivery, though the process ends in it`(face: DeliveryFace) async throws {
        let broker = try face.open()
        try await broker.begin("points", GroupSettings(attemptsMax: 1))
        for number in 0..<3 { try await broker.send(number) }
        #expect(try await broker.take("points", max: 1).numbers == [0])
        try broker.crash()
        // The first is dead; the others were never handed out, and nothing of their attempts is used.
        #expect(try await broker.drain("points") == [1, 2])
        try await broker.createGroup("audit", GroupSettings())
        #expect(try await broker.drain("audit", Subscription("%DLQ%points")) == [0])
    }

    @Test(arguments: DeliveryFace.all.filter(\.canFail))
    func `redeliveries keep their time`(face: DeliveryFace) async throws {
        let broker = try face.open()
        try await broker.begin("points", GroupSettings(ladder: [.minutes(5)]))
        try await broker.send(1)
        let first = try #require(try await broker.take("points").first)
        #expect(await broker.fail(first.receipt, nil) == nil)
        try broker.crash()
        broker.pass(Interval(milliseconds: 299_999))
        #expect(try await broker.take("points").isEmpty)
        broker.pass(Interval(milliseconds: 1))
        let second = try #require(try await broker.take("points").first)
        #expect(second.attempt == 2)
        // The holder of a redelivery may answer the next process.
        try broker.crash()
        #expect(try await broker.take("points").isEmpty)
        #expect(await broker.acknowledge(second.receipt) == nil)
        broker.pass(.hours(1))
        #expect(try await broker.take("points").isEmpty)
    }
}
