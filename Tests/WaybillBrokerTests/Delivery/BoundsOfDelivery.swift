import Testing
import WaybillBroker
import WaybillCore
import WaybillEngine
import WaybillStore

@Suite struct `The bounds of delivery` {
    @Test func `a cursor stays short, however acknowledgements are scattered`() async throws {
        let shop = try ReopenedBroker()
        let broker = shop.driver
        try await broker.begin()
        for number in 0..<2_500 { try await broker.send(number) }
        var held: [Delivery] = []
        while held.count < 2_500 { held += try await broker.take("points", max: 100) }
        for delivery in held where [delivery].numbers[0] % 2 == 1 {
            #expect(await broker.acknowledge(delivery.receipt) == nil)
        }
        let cursor = try #require(
            try shop.engine.store.read { try $0.cursors(of: GroupNumber(1), limit: 9).first })
        #expect(cursor.ranges.string.split(separator: ",").count <= CursorRow.rangesMax)
        // Those that moved to rows are still with their holders.
        for delivery in held where [delivery].numbers[0] % 2 == 0 {
            #expect(await broker.acknowledge(delivery.receipt) == nil)
        }
        #expect(try await broker.lags("points").map(\.messages) == [0])
        let rows = try shop.engine.store.read { rows in
            try rows.countRedeliveries(of: GroupNumber(1), in: StoredQueueNumber(1))
        }
        #expect(rows == 0)
    }

    /// Leases last half a minute and the clock stands still, so what remembers their ends could gather all of them.
    @Test func `memory stays flat while a backlog drains`() async throws {
        let shop = try ReopenedBroker()
        let broker = shop.driver
        try await broker.begin()
        for number in 0..<6_000 { try await broker.send(number) }
        var left = 6_000
        var most = 0
        while left > 0 {
            let batch = try await broker.take("points", max: 100)
            try #require(!batch.isEmpty)
            for delivery in batch { #expect(await broker.acknowledge(delivery.receipt) == nil) }
            left -= batch.count
            most = max(most, shop.engine.groups.census().total)
        }
        // Ends of leases are swept when there are a thousand more of them than leases.
        #expect(most < 1_500)
    }

    @Test func `a group that owes too much takes nothing new, says so, and goes on by itself`() async throws {
        let shop = try ReopenedBroker { $0.owedMax = 5 }
        let broker = shop.driver
        try await broker.begin("points", GroupSettings(ladder: [.hours(1)]))
        for number in 0..<8 { try await broker.send(number) }
        for delivery in try await broker.take("points", max: 5) {
            #expect(await broker.fail(delivery.receipt, nil) == nil)
        }
        #expect(try await broker.take("points").isEmpty)
        #expect(try await broker.lags("points").first?.heldBack?.contains("owes 5") == true)
        broker.pass(.hours(1))
        #expect(try await broker.drain("points").sorted() == Array(0..<8))
        #expect(try await broker.lags("points").first?.heldBack == nil)
    }

    @Test func `a group whose deliveries fail takes new ones one at a time until one succeeds`() async throws {
        let broker = try ReopenedBroker().driver
        try await broker.begin("points", GroupSettings(ladder: [.hours(2)]))
        for number in 0..<40 { try await broker.send(number) }
        for delivery in try await broker.take("points", max: 10) {
            #expect(await broker.fail(delivery.receipt, nil) == nil)
        }
        let single = try await broker.take("points")
        #expect(single.numbers == [10])
        #expect(try await broker.take("points").isEmpty)
        #expect(await broker.fail(single[0].receipt, nil) == nil)
        let next = try await broker.take("points")
        #expect(next.numbers == [11])
        #expect(await broker.acknowledge(next[0].receipt) == nil)
        #expect(try await broker.take("points").count == 28)
    }

    @Test func `a client holds no more bytes than it may, and others are served`() async throws {
        let broker = try ReopenedBroker { $0.clientBytesMax = 3_000 }.driver
        try await broker.begin()
        for _ in 0..<10 {
            _ = try await broker.send(NewMessage(to: "orders", body: [UInt8](repeating: 7, count: 1_000)))
        }
        let greedy =
            try await broker.take("points", max: 2, client: "greedy")
            + broker.take("points", max: 2, client: "greedy")
        #expect(greedy.count == 4)
        #expect(try await broker.take("points", client: "greedy").isEmpty)
        #expect(try await broker.take("points", client: "other").count == 6)
        for delivery in greedy { #expect(await broker.acknowledge(delivery.receipt) == nil) }
        try await broker.send(1)
        #expect(try await broker.take("points", client: "greedy").numbers == [1])
    }

    @Test func `a batch holds no more bytes than it may, but its first message`() async throws {
        let broker = try ReopenedBroker { $0.batchBytesMax = 2_500 }.driver
        try await broker.begin()
        for _ in 0..<4 {
            _ = try await broker.send(NewMessage(to: "orders", body: [UInt8](repeating: 7, count: 1_000)))
        }
        _ = try await broker.send(NewMessage(to: "orders", body: [UInt8](repeating: 7, count: 9_000)))
        #expect(try await sizes(3, max: 2, broker) == [2, 2, 1])
    }

    @Test func `a batch that may have more messages has no more bytes, in FIFO groups and after failures too`()
        async throws
    {
        let broker = try ReopenedBroker { $0.batchBytesMax = 2_500 }.driver
        try await broker.begin()
        try await broker.createGroup("fifo", GroupSettings(isFIFO: true))
        #expect(try await broker.take("fifo").isEmpty)
        for number in 0..<5 {
            _ = try await broker.send(
                NewMessage(
                    to: "orders", body: [UInt8](repeating: 7, count: 1_000), messageGroup: Text("key-\(number)")))
        }
        #expect(try await sizes(3, max: 100, broker, "fifo") == [2, 2, 1])
        for _ in 0..<3 {
            for delivery in try await broker.take("points", max: 100) {
                #expect(await broker.fail(delivery.receipt, Interval(milliseconds: 0)) == nil)
            }
            #expect(try await sizes(3, max: 100, broker) == [2, 2, 1])
            broker.pass(.minutes(1))
        }
    }

    @Test func `receives read no more bytes than all together may, and each gets one message`() async throws {
        let broker = try ReopenedBroker { $0.readingBytesMax = 0 }.driver
        try await broker.begin()
        for number in 0..<3 { try await broker.send(number) }
        #expect(try await sizes(4, max: 100, broker) == [1, 1, 1, 0])
    }

    /// How many messages come with some receives that follow each other.
    private func sizes(
        _ count: Int, max: Int, _ broker: DeliveryDriver, _ group: GroupName = "points"
    ) async throws -> [Int] {
        var sizes: [Int] = []
        for _ in 0..<count { sizes.append(try await broker.take(group, max: max).count) }
        return sizes
    }

    @Test func `a consumer that waits is woken by a message, and by its deadline`() async throws {
        let broker = try ReopenedBroker().driver
        try await broker.begin()
        let waiting = Task { try await broker.take("points") { $0.wait = .seconds(20) } }
        await Task.yield()
        try await broker.send(4)
        #expect(try await waiting.value.numbers == [4])
        let inVain = Task { try await broker.take("points", client: "c2") { $0.wait = .seconds(20) } }
        let clock = Task {
            while !Task.isCancelled {
                broker.pass(.seconds(1))
                await Task.yield()
            }
        }
        #expect(try await inVain.value.numbers.filter { $0 != 4 }.isEmpty)
        clock.cancel()
    }

    @Test func `a look-back to a time begins there, and one to the newest passes over what waits`() async throws {
        let broker = try ReopenedBroker().driver
        try await broker.begin()
        try await broker.send(0)
        broker.pass(.minutes(1))
        let later = Moment(milliseconds: ReopenedBroker.opening.milliseconds + 60_000)
        for number in 1..<4 { try await broker.send(number) }
        #expect(try await broker.drain("points") == [0, 1, 2, 3])
        let report = try await broker.lookBack("points", "orders", .time(later), false)
        #expect(report.queues.map(\.again) == [3])
        let again = try await broker.take("points")
        #expect(again.numbers == [1, 2, 3])
        #expect(again.allSatisfy { $0.isReplayed })
        let position = again[1].position
        _ = try await broker.lookBack("points", "orders", .message(at: position), false)
        // What was in flight and not yet done again comes by its rows; it had been finished before.
        let third = try await broker.take("points")
        #expect(third.numbers.sorted() == [1, 2, 3])
        #expect(third.allSatisfy { $0.isReplayed })
        for delivery in third { #expect(await broker.acknowledge(delivery.receipt) == nil) }
        for number in 10..<13 { try await broker.send(number) }
        let forward = try await broker.lookBack("points", "orders", .newest, false)
        #expect(forward.queues.map(\.passedOver) == [3])
        #expect(try await broker.take("points").isEmpty)
        try await broker.send(20)
        let fresh = try await broker.take("points")
        #expect(fresh.numbers == [20])
        #expect(fresh.map(\.isReplayed) == [false])
    }
}
