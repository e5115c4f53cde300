import Synchronization
import Testing
import WaybillBroker
import WaybillCore
import WaybillEngine

@Suite struct `Consumers that wait` {
    private func shop(_ change: (inout BrokerSettings) -> Void = { _ in }) async throws -> ReopenedBroker {
        let shop = try ReopenedBroker(change)
        try await shop.driver.begin()
        // The first message of a queue opens it, and everybody looks.
        for lane in ["", "green"] as [Text] {
            try await shop.driver.send(0, lane: lane)
            let batch = try await shop.driver.take("points", client: "first") { $0.lane = lane }
            for delivery in batch { #expect(await shop.driver.acknowledge(delivery.receipt) == nil) }
        }
        _ = await shop.driver.leave("points", "first")
        return shop
    }

    /// A consumer begins to wait; returns when it does.
    private func wait(_ shop: ReopenedBroker, _ client: Text, max: Int = 32, lane: Text = "") async -> Sleeper {
        let before = shop.engine.groups.census().waiting
        let reception = ReceiveRequest(
            group: "points", subscription: Subscription("orders"), client: client, lane: lane, max: max,
            wait: .seconds(20))
        let sleeper = Sleeper { try await shop.engine.receive(reception).get().numbers }
        while shop.engine.groups.census().waiting == before { await Task.yield() }
        return sleeper
    }

    /// Lets the wait of all be over.
    private func end(_ shop: ReopenedBroker) { shop.driver.pass(.seconds(20)) }

    @Test func `are woken as many as it takes to carry off what a write brought`() async throws {
        let shop = try await shop()
        var tasks: [Sleeper] = []
        for number in 0..<6 { tasks.append(await wait(shop, Text("c\(number)"), max: 2)) }
        try await shop.driver.send(0)
        #expect(shop.engine.groups.census().waiting == 5)
        guard case .success = await shop.ask(Send((1..<5).map { NewMessage.numbered($0) })) else { return }
        #expect(shop.engine.groups.census().waiting == 3)
        end(shop)
        var numbers: [Int] = []
        for task in tasks { numbers += try await task.task.value }
        #expect(numbers.sorted() == [0, 1, 2, 3, 4])
    }

    @Test func `are not woken by what others acknowledge`() async throws {
        let shop = try await shop()
        for number in 0..<3 { try await shop.driver.send(number) }
        let held = try await shop.driver.take("points", client: "busy")
        let idle = await wait(shop, "idle")
        for delivery in held {
            #expect(await shop.driver.acknowledge(delivery.receipt) == nil)
            #expect(shop.engine.groups.census().waiting == 1)
        }
        end(shop)
        #expect(try await idle.task.value == [])
    }

    @Test func `pass on what they may not take themselves`() async throws {
        let shop = try await shop { $0.clientBytesMax = 100 }
        for number in 0..<4 { try await shop.driver.send(number) }
        // It holds all that it may.
        #expect(try await shop.driver.take("points", max: 4, client: "full").count == 4)
        let full = await wait(shop, "full")
        let free = await wait(shop, "free")
        try await shop.driver.send(9)
        #expect(await free.awakened() == [9])
        end(shop)
        #expect(try await full.task.value == [])
    }

    @Test func `are woken when a bound is no longer in their way`() async throws {
        let shop = try await shop { $0.inFlightMax = 2 }
        for number in 0..<3 { try await shop.driver.send(number) }
        let held = try await shop.driver.take("points", max: 2, client: "busy")
        let next = await wait(shop, "next")
        #expect(await shop.driver.acknowledge(held[0].receipt) == nil)
        #expect(await next.awakened() == [2])
        end(shop)
    }

    @Test func `of a lane are woken for it, whoever has waited longer`() async throws {
        let shop = try await shop()
        let base = await wait(shop, "base")
        let green = await wait(shop, "green", lane: "green")
        try await shop.driver.send(5, lane: "green")
        #expect(await green.awakened() == [5])
        end(shop)
        #expect(try await base.task.value == [])
    }

    /// While no time passes: whoever waits is woken by what happens, or not at all.
    @Test(arguments: 0..<12) func `never all sleep while something is ready`(round: Int) async throws {
        let shop = try await shop { $0.inFlightMax = 7 + round }
        let isFIFO = round % 2 == 1
        _ = await shop.ask(KeepGroup("some", GroupSettings(isFIFO: isFIFO, ladder: [Interval(milliseconds: 1)])))
        let (consumers, messages) = (5, 120)
        let tally = Tally()
        try await withThrowingDiscardingTaskGroup { tasks in
            for client in 0..<consumers {
                tasks.addTask { @concurrent in
                    while !tally.isOver.withLock({ $0 }) {
                        let batch = try await shop.engine.receive(
                            ReceiveRequest(
                                group: "some", subscription: Subscription("orders"), client: Text("c\(client)"),
                                max: 1 + client, wait: .seconds(20))
                        ).get()
                        for delivery in batch {
                            let number = [delivery].numbers[0]
                            if delivery.attempt == 1, number % 5 == 0 {
                                _ = await shop.driver.fail(delivery.receipt, Interval(milliseconds: 0))
                            } else {
                                _ = await shop.driver.acknowledge(delivery.receipt)
                                _ = tally.done.withLock { $0.insert(number) }
                            }
                        }
                    }
                }
            }
            var sent = 0
            while sent < messages {
                let burst = min(messages - sent, 1 + (sent * 7 + round) % 13)
                _ = await shop.ask(
                    Send((sent..<sent + burst).map { NewMessage.numbered($0, group: "k\($0 % 4)") }))
                sent += burst
                for _ in 0..<(sent + round) % 5 { await Task.yield() }
            }
            while tally.done.withLock({ $0.count }) < messages {
                let isAsleep = shop.engine.groups.census().waiting == consumers
                if isAsleep, tally.done.withLock({ $0.count }) < messages {
                    Issue.record("all sleep, and \(tally.done.withLock { messages - $0.count }) messages are owed")
                    break
                }
                await Task.yield()
            }
            tally.isOver.withLock { $0 = true }
            shop.engine.groups.close()
        }
    }

    @Test func `and those that have consumed leave nothing behind in memory`() async throws {
        let shop = try await shop()
        for _ in 0..<50 { await wait(shop, "early").task.cancel() }
        let messages = 4_000
        for first in stride(from: 0, to: messages, by: 32) {
            _ = await shop.ask(Send((first..<min(first + 32, messages)).map { NewMessage.numbered($0) }))
        }
        let full = shop.engine.groups.census()
        var count = 0
        while case let batch = try await shop.driver.take("points", max: 100), !batch.isEmpty {
            for delivery in batch { #expect(await shop.driver.acknowledge(delivery.receipt) == nil) }
            count += batch.count
        }
        #expect(count == messages)
        let census = shop.engine.groups.census()
        #expect(census.leases == 0 && census.wanted == 0 && census.holders == 0 && census.ranges == 0)
        #expect(census.leaseEnds <= 1_200)
        #expect(census.waits <= 1_024)
        #expect(census.clients <= full.clients + 1)
        #expect(census.filters == full.filters)
        #expect(census.places <= 8)
    }
}

/// What consumers have done together.
private final class Tally: Sendable {
    let done = Mutex<Set<Int>>([])
    let isOver = Mutex(false)
}

/// A consumer in a task of its own.
private final class Sleeper: Sendable {
    let task: Task<[Int], any Error>
    private final class Box: Sendable { let result = Mutex<[Int]?>(nil) }
    private let box: Box

    init(_ receive: @escaping @Sendable () async throws -> [Int]) {
        let box = Box()
        self.box = box
        task = Task {
            let numbers = try await receive()
            box.result.withLock { $0 = numbers }
            return numbers
        }
    }

    /// What it got without any time passing; nil: it sleeps on.
    func awakened() async -> [Int]? {
        for _ in 0..<500_000 {
            if let numbers = box.result.withLock({ $0 }) { return numbers }
            await Task.yield()
        }
        return nil
    }
}

extension NewMessage {
    fileprivate static func numbered(_ number: Int, group: Text? = nil) -> NewMessage {
        NewMessage(to: "orders", body: Array("\(number)".utf8), messageGroup: group)
    }
}
