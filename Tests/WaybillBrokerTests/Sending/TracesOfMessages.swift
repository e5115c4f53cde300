import Testing
import WaybillBroker
import WaybillCore
import WaybillEngine
import WaybillStore

@Suite struct `A trace` {
    private func desk(_ change: (inout BrokerSettings) -> Void = { _ in }) throws -> SendingDesk {
        let desk = try SendingDesk(change)
        try desk.make("orders")
        return desk
    }

    private func take(
        _ desk: SendingDesk, _ group: GroupName = "points", max: Int = 32
    ) async throws -> [Delivery] {
        try await desk.engine.receive(
            ReceiveRequest(group: group, subscription: Subscription("orders"), client: "c1", max: max)
        ).get()
    }

    private func trace(_ desk: SendingDesk, _ id: MessageID) throws -> MessageTrace {
        try #require(try desk.engine.messages.trace(id: id).first)
    }

    @Test func `tells of a message that every group has its own way with it`() async throws {
        let desk = try desk()
        for group in ["points", "cart", "late"] as [GroupName] {
            _ = try desk.ask(KeepGroup(group, GroupSettings(attemptsMax: 2)))
            _ = try await take(desk, group)
        }
        let id = try desk.send(.sample()).id
        #expect(try trace(desk, id).groups == ["points": .waiting, "cart": .waiting, "late": .waiting])
        let first = try #require(try await take(desk).first)
        #expect(try trace(desk, id).groups["points"] == .started)
        _ = try desk.ask(Acknowledge(first.receipt))
        #expect(try trace(desk, id).groups["points"] == .finished)
        let cart = try #require(try await take(desk, "cart").first)
        _ = try desk.ask(Fail(cart.receipt, delay: .minutes(1), why: "no"))
        let again = desk.now.advanced(by: .minutes(1))
        #expect(try trace(desk, id).groups["cart"] == .comesAgain(attempt: 1, at: again))
        desk.pass(.minutes(1))
        let second = try #require(try await take(desk, "cart").first)
        _ = try desk.ask(Fail(second.receipt, delay: nil, why: "no"))
        let end = try trace(desk, id)
        #expect(end.groups == ["points": .finished, "cart": .dead, "late": .waiting])
        #expect(end.standing == .visible(since: SendingDesk.opening))
        let kinds = end.happenings.filter { $0.group == "cart" }.map(\.kind)
        #expect(Array(kinds.prefix(3)) == [.delivered, .failed, .delivered])
        #expect(kinds.contains(.dead))
        let points = end.happenings.filter { $0.group == "points" }
        #expect(points.map(\.kind) == [.delivered, .acknowledged])
        #expect(points.allSatisfy { $0.client == "c1" && $0.attempt == 1 })
    }

    @Test func `says how far back it remembers, which is no longer than its memory`() async throws {
        let desk = try desk { $0.traceMax = 8 }
        _ = try desk.ask(KeepGroup("points", GroupSettings()))
        _ = try await take(desk)
        let first = try desk.send(.sample()).id
        #expect(try trace(desk, first).happeningsSince == SendingDesk.opening)
        for _ in 0..<10 {
            desk.pass(.seconds(1))
            for delivery in try await take(desk) { _ = try desk.ask(Acknowledge(delivery.receipt)) }
            _ = try desk.send(.sample())
        }
        let late = try trace(desk, first)
        #expect(late.happenings.isEmpty)
        #expect(late.happeningsSince > SendingDesk.opening.advanced(by: .seconds(1)))
        #expect(late.groups == ["points": .finished])
    }

    @Test func `tells where a half message stands, and for a day that it was rolled back`() throws {
        let desk = try desk { $0.checkBacks.checksMax = 1 }
        let producer = try ProducerAtDesk(desk)
        let prepared = try desk.prepare(.sample())
        #expect(try trace(desk, prepared.id).standing == .half(checks: 0, isParked: false))
        desk.pass(.seconds(6))
        #expect(try producer.questions().count == 1)
        desk.pass(.hours(1))
        #expect(try trace(desk, prepared.id).standing == .half(checks: 1, isParked: true))
        _ = try desk.resolve(prepared, .rollback)
        #expect(try trace(desk, prepared.id).standing == .rolledBack(at: desk.now))
    }

    @Test func `finds a delayed message behind more others than one look passes`() throws {
        let desk = try desk()
        let due = desk.now.advanced(by: .hours(1))
        try desk.store.write { transaction in
            let topic = try transaction.keepTopic("orders", at: desk.now)
            for number in 0..<21_000 {
                let id = MessageID(Text("delayed-\(number)"))
                try transaction.insert(
                    PendingMessageRow(
                        number: PendingMessageNumber(0), state: .delayed, topic: topic, lane: "", due: due,
                        message: MessageRow(event: nil, bornAt: desk.now, body: [1], id: id.text)))
            }
        }
        for number in [0, 1, 9_999, 10_000, 11_000, 20_999] {
            #expect(try trace(desk, MessageID(Text("delayed-\(number)"))).standing == .delayed(until: due))
        }
        #expect(try desk.engine.messages.trace(id: "nobody").isEmpty)
    }

    @Test func `of nobody's message is empty`() throws {
        let desk = try desk()
        for id in ["nobody", "e1-0", "e9999999999999999999-1", ""] as [MessageID] {
            #expect(try desk.engine.messages.trace(id: id).isEmpty)
        }
    }
}
