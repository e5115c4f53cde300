import Testing
import WaybillBroker
import WaybillCore

/// What every face of the broker promises about deliveries.
@Suite struct `Delivery promises` {
    @Test(arguments: DeliveryFace.all)
    func `each message comes to each group, and stays until it is acknowledged`(face: DeliveryFace) async throws {
        let broker = try face.open()
        try await broker.begin("points")
        try await broker.createGroup("mail", GroupSettings())
        for number in 0..<5 { try await broker.send(number) }
        let first = try await broker.take("points")
        #expect(first.numbers == [0, 1, 2, 3, 4])
        #expect(first.map(\.attempt) == [1, 1, 1, 1, 1])
        #expect(try await broker.take("points").isEmpty)
        #expect(try await broker.drain("mail") == [0, 1, 2, 3, 4])
        for delivery in first { #expect(await broker.acknowledge(delivery.receipt) == nil) }
        broker.pass(.hours(3))
        #expect(try await broker.take("points").isEmpty)
        #expect(try await broker.take("mail").isEmpty)
    }

    @Test(arguments: DeliveryFace.all)
    func `what is not acknowledged in time comes again, once more counted`(face: DeliveryFace) async throws {
        let broker = try face.open()
        try await broker.begin()
        try await broker.send(1)
        let first = try #require(try await broker.take("points").first)
        broker.pass(Interval(milliseconds: 29_999))
        #expect(try await broker.take("points").isEmpty)
        broker.pass(Interval(milliseconds: 1))
        let second = try #require(try await broker.take("points").first)
        #expect(second.attempt == 2)
        #expect(second.id == first.id)
        let refusal = await broker.acknowledge(first.receipt)
        #expect(refusal?.code == "stale_receipt")
        #expect(await broker.acknowledge(second.receipt) == nil)
        broker.pass(.hours(3))
        #expect(try await broker.take("points").isEmpty)
    }

    @Test(arguments: DeliveryFace.all)
    func `what failed comes again by the ladder, and is dead after the last attempt`(face: DeliveryFace) async throws {
        let broker = try face.open()
        try await broker.begin("points", GroupSettings(attemptsMax: 3, ladder: [.seconds(1), .seconds(5)]))
        try await broker.createGroup("audit", GroupSettings())
        try await broker.send(7, tag: "paid")
        for (attempt, wait) in [(1, Interval.seconds(1)), (2, .seconds(5))] {
            let delivery = try #require(try await broker.take("points").first)
            #expect(delivery.attempt == Int64(attempt))
            #expect(await broker.fail(delivery.receipt, nil) == nil)
            broker.pass(Interval(milliseconds: wait.milliseconds - 1))
            #expect(try await broker.take("points").isEmpty)
            broker.pass(Interval(milliseconds: 1))
        }
        let last = try #require(try await broker.take("points").first)
        #expect(last.attempt == 3)
        #expect(await broker.fail(last.receipt, nil) == nil)
        broker.pass(.hours(3))
        #expect(try await broker.take("points").isEmpty)
        let dead = try await broker.take("audit", Subscription("%DLQ%points"))
        #expect(dead.numbers == [7])
        #expect(dead.first?.tag == "paid")
        #expect(dead.first?.id == last.id)
    }

    @Test(arguments: DeliveryFace.all)
    func `a dead letter comes back by redrive, under its id and topic`(face: DeliveryFace) async throws {
        let broker = try face.open()
        try await broker.begin()
        let id = try await broker.send(3)
        let delivery = try #require(try await broker.take("points").first)
        #expect(await broker.deadLetter(delivery.receipt) == nil)
        #expect(try await broker.take("points").isEmpty)
        #expect(try await broker.redrive("points") == 1)
        #expect(try await broker.redrive("points") == 0)
        let again = try #require(try await broker.take("points").first)
        #expect(again.id == id)
        #expect(again.topic == "orders")
        #expect(again.numbers == 3)
        #expect(await broker.acknowledge(again.receipt) == nil)
        #expect(try await broker.redrive("points") == 0)
    }

    @Test(arguments: DeliveryFace.all)
    func `extending keeps a delivery, and leaving frees what renews itself`(face: DeliveryFace) async throws {
        let broker = try face.open()
        try await broker.begin()
        try await broker.send(1)
        let delivery = try #require(try await broker.take("points").first)
        broker.pass(.seconds(29))
        #expect(await broker.extend(delivery.receipt, .minutes(10)) == nil)
        broker.pass(.minutes(9))
        #expect(try await broker.take("points").isEmpty)
        #expect(await broker.acknowledge(delivery.receipt) == nil)

        try await broker.send(2)
        let renewed = try #require(
            try await broker.take("points", client: "phone") { $0.renews = true }.first)
        // Half an hour of work, during which the client is heard of.
        for _ in 0..<120 {
            broker.pass(.seconds(15))
            #expect(try await broker.take("points", client: "phone").isEmpty)
        }
        #expect(await broker.leave("points", "phone") == nil)
        broker.pass(Interval(milliseconds: 999))
        #expect(try await broker.take("points", client: "other").isEmpty)
        broker.pass(Interval(milliseconds: 1))
        #expect(try await broker.take("points", client: "other").map(\.attempt) == [2])
        #expect(await broker.acknowledge(renewed.receipt)?.code == "stale_receipt")
    }

    @Test(arguments: DeliveryFace.all)
    func `a client that is silent loses what renews itself`(face: DeliveryFace) async throws {
        let broker = try face.open()
        try await broker.begin()
        try await broker.send(2)
        #expect(try await broker.take("points", client: "phone") { $0.renews = true }.count == 1)
        broker.pass(.seconds(41))
        #expect(try await broker.take("points", client: "other").map(\.attempt) == [2])
    }

    @Test(arguments: DeliveryFace.all)
    func `the same attempt gets the same batch again`(face: DeliveryFace) async throws {
        let broker = try face.open()
        for isFIFO in [false, true] {
            let group: GroupName = isFIFO ? "f" : "o"
            try await broker.createGroup(group, GroupSettings(isFIFO: isFIFO))
            if !isFIFO { try await broker.createTopic("orders", .mixed) }
            if !isFIFO { for number in 0..<3 { try await broker.send(number, key: "k\(number)") } }
            let lost = try await broker.take(group) { $0.attempt = "a" }
            #expect(lost.numbers == [0, 1, 2])
            let found = try await broker.take(group) { $0.attempt = "a" }
            #expect(found == lost)
            #expect(await broker.acknowledge(found[0].receipt) == nil)
            #expect(try await broker.take(group) { $0.attempt = "a" }.numbers == [1, 2])
            #expect(try await broker.take(group) { $0.attempt = "b" }.isEmpty)
        }
    }

    @Test(arguments: DeliveryFace.all)
    func `an invented or changed receipt is refused`(face: DeliveryFace) async throws {
        let broker = try face.open()
        try await broker.begin()
        try await broker.send(1)
        let delivery = try #require(try await broker.take("points").first)
        let text = delivery.receipt.text.string
        for forged in ["", "ab", "zz", String(text.dropLast(2)), "f" + text.dropFirst(), text + "00"] {
            #expect(await broker.acknowledge(DeliveryReceipt(forged))?.code == "stale_receipt", "\(forged)")
        }
        #expect(await broker.acknowledge(delivery.receipt) == nil)
        #expect(await broker.acknowledge(delivery.receipt)?.code == "stale_receipt")
    }
}

extension Delivery {
    fileprivate var numbers: Int? { Int(String(decoding: body, as: UTF8.self)) }
}
