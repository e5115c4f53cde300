import Testing
import WaybillBroker
import WaybillCore

/// What every face promises about message groups.
@Suite struct `Message groups` {
    private static let fifo = GroupSettings(isFIFO: true, attemptsMax: 3, ladder: [.seconds(10)])

    @Test(arguments: DeliveryFace.all)
    func `come in order to one consumer at a time, and others do not wait`(face: DeliveryFace) async throws {
        let broker = try face.open()
        try await broker.begin("points", Self.fifo)
        for number in 0..<6 { try await broker.send(number, key: number % 2 == 0 ? "even" : "odd") }
        let first = try await broker.take("points", max: 3)
        #expect(first.numbers == [0, 1, 2])
        #expect(try await broker.take("points", client: "c2").isEmpty)
        #expect(await broker.acknowledge(first[1].receipt) == nil)
        #expect(try await broker.take("points", client: "c2").numbers == [3, 5])
        #expect(await broker.acknowledge(first[2].receipt) == nil)
        #expect(try await broker.take("points", client: "c3").isEmpty)
        #expect(await broker.acknowledge(first[0].receipt) == nil)
        #expect(try await broker.take("points", client: "c3").numbers == [4])
    }

    @Test(arguments: DeliveryFace.all.filter(\.canFail))
    func `a poisoned one waits alone, and its followers come after it is dead`(face: DeliveryFace) async throws {
        let broker = try face.open()
        try await broker.begin("points", Self.fifo)
        for number in 0..<3 { try await broker.send(number, key: "poisoned") }
        for number in 10..<13 { try await broker.send(number, key: "sound") }
        var seen: [Int] = []
        for _ in 0..<20 {
            let batch = try await broker.take("points")
            for delivery in batch {
                let number = [delivery].numbers[0]
                #expect(delivery.attempt == Int64(number == 0 ? seen.count { $0 == 0 } + 1 : 1))
                if number == 0 {
                    #expect(await broker.fail(delivery.receipt, nil) == nil)
                } else {
                    let refusal = await broker.acknowledge(delivery.receipt)
                    let isTakenBack = number < 10 && batch.numbers.contains(0)
                    #expect(refusal?.code == (isTakenBack ? "stale_receipt" : nil))
                    if isTakenBack { continue }
                }
                seen.append(number)
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
        let first = try await broker.take("points", max: 3)
        #expect(first.numbers == [0, 1, 2])
        #expect(await broker.acknowledge(first[0].receipt) == nil)
        try broker.crash()
        // The holder of k may still answer; the other key does not wait for it.
        #expect(try await broker.take("points", client: "c2").numbers == [10, 11])
        #expect(await broker.acknowledge(first[1].receipt) == nil)
        #expect(try await broker.take("points", client: "c3").isEmpty)
        try broker.restart()
        #expect(try await broker.take("points", client: "c3").isEmpty)
        broker.pass(.seconds(31))
        // The first of each that was not done has used an attempt, and nothing behind it.
        let last = try await broker.take("points", client: "c3")
        #expect(last.numbers.filter { $0 < 10 } == [2, 3] && last.numbers.filter { $0 >= 10 } == [10, 11])
        for delivery in last { #expect(delivery.attempt == ([2, 10].contains([delivery].numbers[0]) ? 2 : 1)) }
        #expect(await broker.acknowledge(first[2].receipt)?.code == "stale_receipt")
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
            let delivery = try #require(try await broker.take("points", max: 1).first)
            #expect([delivery].numbers == [expected])
            #expect(await broker.acknowledge(delivery.receipt) == nil)
        }
        let held = try await broker.take("points")
        #expect(held.numbers == [2, 3])
        _ = try await broker.lookBack("points", "orders", .oldest, false)
        for delivery in held { #expect(await broker.acknowledge(delivery.receipt)?.code == "stale_receipt") }
        var seen: [Delivery] = []
        while case let batch = try await broker.take("points"), !batch.isEmpty {
            seen += batch
            for delivery in batch { #expect(await broker.acknowledge(delivery.receipt) == nil) }
        }
        #expect(seen.numbers == [0, 1, 2, 3])
        if face.tellsReplays { #expect(seen.map(\.isReplayed) == [true, true, false, false]) }
        #expect(seen.map(\.attempt) == [1, 1, 2, 1])
    }
}
