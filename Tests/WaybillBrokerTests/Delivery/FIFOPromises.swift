import Testing
import WaybillBroker
import WaybillCore

/// What every face promises about message groups.
@Suite struct `Message groups` {
    private static let fifo = GroupSettings(isFIFO: true, attemptsMax: 3, ladder: [.seconds(10)])

    @Test(arguments: DeliveryFace.all)
    func `come one message after the other, and others do not wait`(face: DeliveryFace) async throws {
        let broker = try face.open()
        try await broker.begin("points", Self.fifo)
        for number in 0..<6 { try await broker.send(number, key: number % 2 == 0 ? "even" : "odd") }
        let first = try await broker.take("points")
        #expect(first.numbers == [0, 1])
        #expect(try await broker.take("points").isEmpty)
        #expect(await broker.acknowledge(first[1].receipt) == nil)
        #expect(try await broker.take("points").numbers == [3])
        #expect(try await broker.take("points").isEmpty)
        #expect(await broker.acknowledge(first[0].receipt) == nil)
        #expect(try await broker.take("points").numbers == [2])
    }

    @Test(arguments: DeliveryFace.all)
    func `a poisoned one waits alone, and its followers come after it is dead`(face: DeliveryFace) async throws {
        let broker = try face.open()
        try await broker.begin("points", Self.fifo)
        for number in 0..<3 { try await broker.send(number, key: "poisoned") }
        for number in 10..<13 { try await broker.send(number, key: "sound") }
        var seen: [Int] = []
        for _ in 0..<20 {
            for delivery in try await broker.take("points") {
                let number = [delivery].numbers[0]
                seen.append(number)
                if number == 0 {
                    #expect(await broker.fail(delivery.receipt, nil) == nil)
                } else {
                    #expect(await broker.acknowledge(delivery.receipt) == nil)
                }
            }
            broker.pass(.seconds(2))
        }
        #expect(seen.filter { $0 >= 10 } == [10, 11, 12])
        #expect(seen.filter { $0 < 10 } == [0, 0, 0, 1, 2])
        #expect(seen.lastIndex(of: 0).map { seen[..<$0].contains(12) } == true)
        #expect(try await broker.redrive("points") == 1)
    }

    @Test(arguments: DeliveryFace.all)
    func `keep their order over a crash and a restart`(face: DeliveryFace) async throws {
        let broker = try face.open()
        try await broker.begin("points", Self.fifo)
        for number in 0..<4 { try await broker.send(number, key: "k") }
        for number in 10..<12 { try await broker.send(number, key: "l") }
        let first = try await broker.take("points")
        #expect(first.numbers == [0, 10])
        #expect(await broker.acknowledge(first[1].receipt) == nil)
        try broker.crash()
        // The holder of k may still answer; the other key does not wait for it.
        #expect(try await broker.take("points").numbers == [11])
        #expect(await broker.acknowledge(first[0].receipt) == nil)
        let second = try await broker.take("points")
        #expect(second.numbers == [1])
        try broker.restart()
        #expect(try await broker.take("points").isEmpty)
        broker.pass(.seconds(31))
        let third = try await broker.take("points")
        #expect(third.numbers.sorted() == [1, 11])
        #expect(third.map(\.attempt) == [2, 2])
        #expect(await broker.acknowledge(second[0].receipt)?.code == "stale_receipt")
    }

    @Test(arguments: DeliveryFace.all)
    func `a hot one with a long queue behind it delays no other`(face: DeliveryFace) async throws {
        let broker = try face.open()
        try await broker.begin("points", Self.fifo)
        for number in 0..<600 { try await broker.send(number, key: "hot") }
        for number in 1_000..<1_010 { try await broker.send(number, key: "cold\(number)") }
        var order: [Int] = []
        let head = try await broker.take("points", max: 1)
        #expect(head.numbers == [0])
        let cold = try await broker.take("points")
        #expect(cold.numbers == Array(1_000..<1_010))
        for delivery in cold + head { #expect(await broker.acknowledge(delivery.receipt) == nil) }
        order = try await broker.drain("points")
        #expect(order == Array(1..<600))
    }

    @Test(arguments: DeliveryFace.all)
    func `keep their order in a look-back`(face: DeliveryFace) async throws {
        let broker = try face.open()
        try await broker.begin("points", Self.fifo)
        for number in 0..<4 { try await broker.send(number, key: "k") }
        for expected in 0..<2 {
            let delivery = try #require(try await broker.take("points").first)
            #expect([delivery].numbers == [expected])
            #expect(await broker.acknowledge(delivery.receipt) == nil)
        }
        let held = try #require(try await broker.take("points").first)
        _ = try await broker.lookBack("points", "orders", .oldest, false)
        #expect(await broker.acknowledge(held.receipt)?.code == "stale_receipt")
        var seen: [Int] = []
        var replayed: [Bool] = []
        while let delivery = try await broker.take("points").first {
            seen += [delivery].numbers
            replayed.append(delivery.isReplayed)
            #expect(await broker.acknowledge(delivery.receipt) == nil)
        }
        #expect(seen == [0, 1, 2, 3])
        if face.tellsReplays { #expect(replayed == [true, true, false, false]) }
    }
}
