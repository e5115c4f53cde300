import Testing
import WaybillBroker
import WaybillCore

/// What every face promises about who gets what: filters, priorities, lanes, broadcast.
@Suite struct `The choice of messages` {
    @Test(arguments: DeliveryFace.all)
    func `five subscribers get what they asked for`(face: DeliveryFace) async throws {
        let broker = try face.open()
        try await broker.createTopic("orders", .mixed)
        for group in ["operations", "service", "orchestration", "compliance", "data"] {
            try await broker.createGroup(GroupName(group), GroupSettings())
        }
        for (number, tag) in ["TagA", "TagB", "TagC", "TagA"].enumerated() {
            try await broker.send(number, tag: Text(tag))
        }
        try await broker.send(4)
        #expect(try await broker.drain("operations", Subscription("orders", tags: "TagA")) == [0, 3])
        #expect(try await broker.drain("service", Subscription("orders", tags: "TagB")) == [1])
        #expect(try await broker.drain("orchestration", Subscription("orders", tags: "TagC")) == [2])
        #expect(try await broker.drain("compliance", Subscription("orders", tags: "TagA || TagC")) == [0, 2, 3])
        #expect(try await broker.drain("data") == [0, 1, 2, 3, 4])
    }

    @Test(arguments: DeliveryFace.all)
    func `a filter that cannot be read delivers nothing and says so`(face: DeliveryFace) async throws {
        let broker = try face.open()
        try await broker.begin()
        try await broker.send(1, properties: ["amount": "5"])
        let bad = ReceiveRequest(group: "points", subscription: Subscription("orders", sql: "amount >"), client: "c")
        #expect(await broker.receive(bad).refusalCode == "bad_filter")
        let empty = ReceiveRequest(group: "points", subscription: Subscription("orders", sql: ""), client: "c")
        #expect(await broker.receive(empty).refusalCode == "bad_filter")
        // And nothing was passed over by it.
        #expect(try await broker.drain("points", Subscription("orders", sql: "amount > 4")) == [1])
    }

    @Test(arguments: DeliveryFace.all, [false, true])
    func `different filters in a group lose nothing`(face: DeliveryFace, isFIFO: Bool) async throws {
        let broker = try face.open()
        try await broker.begin("points", GroupSettings(isFIFO: isFIFO))
        let old = Subscription("orders", tags: "A")
        let new = Subscription("orders", tags: "A || B")
        #expect(try await broker.take("points", old, client: "old").isEmpty)
        #expect(try await broker.take("points", new, client: "new").isEmpty)
        for number in 0..<9 { try await broker.send(number, tag: ["A", "B", "C"][number % 3]) }
        let first = try await broker.take("points", old, client: "old")
        #expect(first.numbers == [0, 3, 6])
        for delivery in first { #expect(await broker.acknowledge(delivery.receipt) == nil) }
        #expect(try await broker.drain("points", new).sorted() == [1, 4, 7])
        // The new one is taken back; what only it wanted is passed over when nobody has asked for so long.
        try await broker.send(10, tag: "B")
        for _ in 0..<11 {
            broker.pass(.seconds(30))
            #expect(try await broker.take("points", old, client: "old").isEmpty)
        }
        #expect(try await broker.lags("points").map(\.messages) == [0])
        #expect(try await broker.drain("points", new) == [])
    }

    @Test(arguments: DeliveryFace.all)
    func `higher priorities come first, and the lowest gets its share`(face: DeliveryFace) async throws {
        let broker = try face.open()
        try await broker.begin()
        for number in 0..<20 { try await broker.send(number, priority: 0) }
        for number in 100..<140 { try await broker.send(number, priority: 9) }
        for number in 200..<210 { try await broker.send(number, priority: 5) }
        var order: [Int] = []
        for _ in 0..<70 {
            for delivery in try await broker.take("points", max: 1) {
                order += [delivery].numbers
                #expect(await broker.acknowledge(delivery.receipt) == nil)
            }
        }
        #expect(order.count == 70)
        #expect(order.prefix(9).allSatisfy { $0 >= 100 })
        #expect(order.prefix(40).count { $0 < 100 } == 4)
        #expect(order.filter { $0 >= 200 } == Array(200..<210))
    }

    @Test(arguments: DeliveryFace.all)
    func `a lane goes to its consumers, and to the base when they are gone`(face: DeliveryFace) async throws {
        let broker = try face.open()
        try await broker.begin()
        #expect(try await broker.take("points", client: "green") { $0.lane = "green" }.isEmpty)
        for number in 0..<4 { try await broker.send(number, lane: number % 2 == 0 ? "green" : "") }
        #expect(try await broker.take("points", client: "base").numbers == [1, 3])
        let green = try await broker.take("points", max: 1, client: "green") { $0.lane = "green" }
        #expect(green.numbers == [0])
        // Its consumers die; what one held comes again when its time is over.
        broker.pass(.seconds(21))
        #expect(try await broker.take("points", client: "base").numbers == [2])
        broker.pass(.seconds(9))
        #expect(try await broker.take("points", client: "base").numbers.sorted() == [0, 1, 3])
    }

    @Test(arguments: DeliveryFace.all)
    func `a lane that is promoted goes to the base with nothing missed or doubled`(face: DeliveryFace) async throws {
        let broker = try face.open()
        try await broker.begin()
        for number in 0..<4 { try await broker.send(number, lane: "green") }
        let held = try await broker.take("points", max: 2, client: "green") { $0.lane = "green" }
        #expect(await broker.acknowledge(held[0].receipt) == nil)
        let report = try await broker.closeLane("green", .promoted)
        let share = try #require(report.shares.first)
        #expect(share.sent == 4)
        #expect(share.finished == 1)
        #expect(share.inFlight == 1)
        #expect(share.owed == 0)
        #expect(share.waiting == 2)
        #expect(try await broker.take("points", client: "base").numbers == [2, 3])
        #expect(await broker.acknowledge(held[1].receipt) == nil)
        try broker.restart()
        try await broker.send(9, lane: "green")
        #expect(try await broker.take("points", client: "base").numbers == [9])
    }

    @Test(arguments: DeliveryFace.all)
    func `a thousand caches equal the source, though one begins again`(face: DeliveryFace) async throws {
        let broker = try face.open()
        try await broker.createTopic("prices", .mixed)
        try await broker.createGroup("caches", GroupSettings(isBroadcast: true))
        let prices = Subscription("prices")
        var source: [Int: Int] = [:]
        var caches = [[Int: Int]](repeating: [:], count: 100)
        for index in caches.indices {
            #expect(try await broker.take("caches", prices, client: Text("cache-\(index)")).isEmpty)
        }
        for change in 0..<500 {
            source[change % 50] = change
            try await broker.send(change, to: "prices")
            if change == 250 {
                // A restarted cache reads the source, and goes on with what is newest.
                _ = await broker.leave("caches", "cache-7")
                #expect(try await broker.take("caches", prices, client: "cache-7").isEmpty)
                caches[7] = source
            }
        }
        for index in caches.indices {
            while case let batch = try await broker.take("caches", prices, max: 100, client: Text("cache-\(index)")),
                !batch.isEmpty
            {
                for number in batch.numbers { caches[index][number % 50] = number }
            }
        }
        #expect(caches.allSatisfy { $0 == source })
        // Nothing waits for a cache: it is behind in nothing.
        #expect(try await broker.lags("caches") == [])
    }
}

extension Result where Success == [Delivery], Failure == FaceRefusal {
    var refusalCode: String? {
        guard case .failure(let refusal) = self else { return nil }
        return refusal.code
    }
}
