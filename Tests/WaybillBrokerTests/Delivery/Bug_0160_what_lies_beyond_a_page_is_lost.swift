import Testing
import WaybillBroker
import WaybillCore
import WaybillEngine
import WaybillStore
import WaybillTimeouts

/// Files of earlier releases may hold more of everything than a client can make now.
@Suite struct `Bug 0160: what lies beyond a page` {
    @Test func `an expression that was in use at the stop keeps its messages`() async throws {
        let shop = try ReopenedBroker()
        let broker = shop.driver
        try await broker.begin()
        let (early, late) = (Subscription("orders", tags: "early"), Subscription("orders", tags: "late"))
        #expect(try await broker.take("points", early, client: "e").isEmpty)
        let now = shop.clock.now
        try shop.engine.store.write { transaction in
            let group = try #require(try transaction.group("points"))
            let topic = try #require(try transaction.topic("orders"))
            for number in 0..<1_100 {
                _ = try transaction.keepFilter(
                    group: group.number, topic: topic, type: .tag, expression: Text("tag-\(number)"), at: now)
            }
        }
        #expect(try await broker.take("points", late, client: "l").isEmpty)
        try broker.crash()
        try await broker.send(7, tag: "late")
        #expect(try await broker.take("points", early, client: "e").isEmpty)
        #expect(try await broker.take("points", late, client: "l").numbers == [7])
    }

    @Test func `a message in one of very many queues is delivered and counted`() async throws {
        let shop = try ReopenedBroker()
        let broker = shop.driver
        try await broker.begin()
        let now = shop.clock.now
        try shop.engine.store.write { transaction in
            for number in 0..<10_050 {
                _ = try transaction.keepStoredQueue(topic: "orders", lane: Text("lane-\(100_000 + number)"), at: now)
            }
            let last = try transaction.keepStoredQueue(topic: "orders", lane: "z", at: now)
            try transaction.append(MessageRow(event: nil, bornAt: now, body: Array("5".utf8), id: "five"), to: last)
        }
        for _ in 0..<2 {
            try broker.crash()
            #expect(try await broker.take("points").isEmpty == false)
            #expect(try await broker.lags("points").map(\.sent) == [1])
            #expect(try await broker.lags("points").map(\.inFlight) == [1])
            broker.pass(.minutes(1))
        }
    }

    @Test func `a group is told of in traces and claims, however many there are`() async throws {
        let desk = try SendingDesk()
        try desk.make("orders")
        let sent = try desk.send(.sample())
        try desk.store.write { transaction in
            let topic = try #require(try transaction.topic("orders"))
            let queue = try #require(try transaction.storedQueues(of: topic).first).number
            for number in 0..<1_010 {
                let row = GroupRow(name: GroupName("group-\(number)"), createdAt: desk.now)
                let group = try transaction.keepGroup(row).number
                try transaction.put(CursorRow(group: group, queue: queue), replacing: nil)
            }
        }
        #expect(try desk.engine.messages.trace(id: sent.id).first?.groups["group-1009"] == .waiting)
        #expect(try desk.engine.messages.retention(of: "orders", at: desk.now)?.claims.count == 1_010)
    }

    @Test func `dead letters, effects and jobs are all there`() async throws {
        let desk = try SendingDesk()
        _ = try desk.ask(KeepGroup("points", GroupSettings()))
        try desk.store.write { transaction in
            let queue = try transaction.keepStoredQueue(topic: "%DLQ%points", lane: "", at: desk.now)
            let group = try #require(try transaction.group("points")).number
            for number in 0..<1_010 {
                let id = Text("m-\(number)")
                try transaction.append(MessageRow(event: nil, bornAt: desk.now, body: [1], id: id), to: queue)
                _ = try transaction.insert(
                    EffectRow(group: group, messageID: "m", name: Text("\(number)"), at: desk.now, result: "done"))
                _ = try transaction.insertJob(
                    kind: "timeouts", request: #"{"action":"cancel","name":"pay","end":9}"#, at: desk.now)
            }
        }
        #expect(try desk.engine.messages.deadLetters(of: "points", limit: 5_000)?.last?.id == "m-1009")
        #expect(try desk.engine.messages.deadLetters(of: "points", limit: 3)?.count == 3)
        let (effects, jobs) = try desk.store.read { rows in
            (
                try rows.effects(of: GroupNumber(1), messageID: "m").count,
                try rows.runningJobs(after: 1_000, limit: 1_000).count
            )
        }
        #expect(effects == 1_010)
        #expect(jobs == 10)
    }
}
