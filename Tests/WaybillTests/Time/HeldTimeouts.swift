import EngineFixtures
import Fixtures
import Foundation
import Testing
import Waybill
import WaybillBroker
import WaybillCore
import WaybillEngine
import WaybillStore

/// An operator acts before what is overdue fires.
@Suite struct `Timeouts that are held` {
    private let name: TimeoutName = "unpaid.after.30m"

    private func change(_ action: TimeoutChange.Action) -> TimeoutChange {
        TimeoutChange(action, name, where: OrderFilter(status: "awaiting payment"))
    }

    /// A file with so many unpaid orders, closed at noon.
    private func file(_ count: Int) throws -> ShopFile {
        let file = try ShopFile()
        let book = try file.open()
        _ = try book.engine.receive(Int64(count), of: mug).get()
        for first in stride(from: 0, to: count, by: 1_000) {
            let numbers = first..<min(count, first + 1_000)
            let answers = book.engine.answers(numbers.map { place(OrderID("o-\($0)")) })
            #expect(answers.filter { !$0.isAccepted } == [])
        }
        book.close()
        return file
    }

    private func open(
        _ file: ShopFile, _ clock: ShopClock, _ settings: OrderBook.Settings = .init()
    ) throws -> OrderBook {
        try OrderBook.open(file.path, workflows: [mugShop], world: clock.world, settings: settings)
    }

    @Test func `by the opening after an outage are extended as the dry run has said`() async throws {
        let file = try file(3_000)
        let clock = ShopClock(noon.advanced(by: .hours(3)))
        let book = try open(file, clock)
        let hold = try #require(book.timeoutHold)
        #expect(hold.heldBy == "waybill" && hold.until == hold.since.advanced(by: .minutes(5)))
        #expect(book.vitals.timeoutHold == hold && !book.vitals.isFine)
        let later = change(.extend(by: .hours(4)))
        #expect(try await book.countTimeouts(later) == 3_000)
        #expect(try await book.changeTimeouts(later) == 3_000)
        #expect(try await book.order("o-0")?.status == "awaiting payment")
        #expect(
            try await book.order("o-0")?.timeouts.first?.due == noon.advanced(by: .hours(4)).advanced(by: .minutes(30)))
        await book.close()
    }

    @Test func `by an opening fire after five minutes, in order of their due times`() async throws {
        let file = try file(1_001)
        let clock = ShopClock(noon.advanced(by: .hours(3)))
        let book = try open(file, clock)
        book.engine.writeWithoutRequests()
        clock.pass(Interval(milliseconds: 5 * 60_000 - 1))
        // A command does not fire it either, and short is short.
        #expect(book.engine.answers([pay("o-7"), place("new")]).map(\.code) == ["accepted", "insufficient_stock"])
        #expect(book.timeoutHold != nil)
        clock.pass(Interval(milliseconds: 1))
        #expect(book.engine.answers([place("new")]).map(\.code) == ["accepted"])
        #expect(book.timeoutHold == nil)
        #expect(try await book.order("o-0")?.status == "closed")
        await book.close()
    }

    @Test(.timeLimit(.minutes(1)))
    func `by an opening are released from within a write, once it has ended`() async throws {
        let file = try file(1_001)
        let book = try open(file, ShopClock(noon.advanced(by: .hours(3))))
        #expect(book.timeoutHold != nil)
        let paid = try await book.transact(pay("o-7")) { _ in book.confirmClock() }
        #expect(paid.receipt.version == 2)
        while book.timeoutHold != nil { await Task.yield() }
        #expect(try await book.order("o-7")?.status == "paid")
        #expect(try book.engine.audits(limit: 9).map(\.type).suffix(2) == ["$hold", "$release"])
        #expect(try await book.history(of: "o-7")?.map(\.version) == [1, 2])
        await book.close()
        let again = try OrderBook.open(file.path, workflows: [mugShop], world: .virtual(VirtualClock(start: noon)))
        #expect(try await again.order("o-7")?.status == "paid")
        await again.close()
    }

    @Test func `by an opening stay held by the next one, for the rest of the five minutes`() async throws {
        let file = try file(1_001)
        let clock = ShopClock(noon.advanced(by: .hours(3)))
        let first = try open(file, clock)
        #expect(first.engine.answers([pay("o-7")]).map(\.code) == ["accepted"])
        await first.close()
        clock.pass(.minutes(2))
        let second = try open(file, clock)
        #expect(second.timeoutHold?.heldBy == "waybill")
        clock.pass(.minutes(3))
        _ = second.engine.answers([place("x")])
        #expect(second.timeoutHold == nil)
        await second.close()
    }

    @Test func `are not held by an opening with fewer overdue, or soon after the last write`() throws {
        let few = try open(file(1_000), ShopClock(noon.advanced(by: .hours(3))))
        #expect(few.timeoutHold == nil)
        few.close()
        let soon = try open(file(1_001), ShopClock(noon.advanced(by: .hours(1))))
        #expect(soon.timeoutHold == nil)
        soon.close()
        var settings = OrderBook.Settings()
        settings.overdueAtOpeningMax = 10
        let fewer = try open(file(11), ShopClock(noon.advanced(by: .hours(3))), settings)
        #expect(fewer.timeoutHold?.why.string.hasPrefix("more than 10 timeouts are overdue") == true)
        fewer.close()
    }

    @Test func `by somebody stay so when the file is opened again, until they are released, and it is audited`()
        async throws
    {
        let file = try file(3)
        let before = try file.open()
        try await before.holdTimeouts(because: "payments are down", by: "ops")
        await before.close()
        let book = try file.open(VirtualClock(start: noon.advanced(by: .hours(3))))
        #expect(book.timeoutHold == TimeoutHold(heldBy: "ops", since: noon, why: "payments are down"))
        book.advance(by: .days(2))
        try await book.submit(pay("o-1"))
        try await book.cancelTimeout(name, of: "o-2")
        let moved = try await book.moveTimeout(name, of: "o-0", to: noon)
        #expect(moved.version == 2)
        #expect(try await book.order("o-0")?.status == "awaiting payment")
        // Messages go on.
        try await book.messages.createTopic("news", TopicSettings(type: .mixed))
        let text = NewMessage(to: "news", body: Array("hello".utf8), deliverAt: book.now.advanced(by: .minutes(1)))
        try await book.messages.send(text)
        book.advance(by: .minutes(2))
        #expect(try book.engine.store.read { try $0.earliestDue(.delayedMessage) } == nil)
        #expect(try await book.releaseTimeouts(by: "ann"))
        #expect(try await book.releaseTimeouts(by: "ann") == false)
        book.advance(by: Interval(milliseconds: 0))
        #expect(try await book.order("o-0")?.status == "closed")
        #expect(try await book.order("o-1")?.status == "paid")
        #expect(try await book.order("o-2")?.status == "awaiting payment")
        let audits = try book.engine.audits(limit: 9)
        #expect(audits.map(\.type) == ["$hold", "$release"])
        #expect(audits.map(\.caller) == ["ops", "ann"])
        #expect(book.vitals.isFine)
        await book.close()
    }

    @Test func `by a setting are held before anything fires, and who held them before stays`() async throws {
        let file = try file(3)
        var settings = OrderBook.Settings()
        settings.holdsTimeouts = "a restore"
        let clock = ShopClock(noon.advanced(by: .hours(3)))
        let book = try open(file, clock, settings)
        book.engine.writeWithoutRequests()
        #expect(book.timeoutHold?.why == "a restore")
        #expect(try await book.order("o-0")?.status == "awaiting payment")
        await book.close()
        settings.holdsTimeouts = "another"
        let again = try open(file, clock, settings)
        #expect(again.timeoutHold?.why == "a restore")
        await again.close()
    }
}

/// A wall clock that is ahead for seconds, as after a bad answer of a time server, and then is right again.
@Suite struct `A clock that is ahead for seconds` {
    @Test func `forgets no key of a command, neither one from before nor one of meanwhile`() throws {
        let clock = ShopClock()
        let engine = try MugShop.engine(Store.inMemory(), world: clock.world)
        _ = try engine.receive(9, of: mug).get()
        #expect(engine.answers([place("o-1", key: "k-1")]).map(\.code) == ["accepted"])
        clock.pass(.seconds(1), stepping: .days(40))
        let ahead = engine.answers([place("o-1", key: "k-1"), place("o-2", key: "k-2")])
        #expect(ahead.map(\.code) == ["accepted", "accepted"])
        #expect(try engine.stock(mug)?.free == 7)
        _ = try engine.maintain()
        clock.pass(.seconds(2), stepping: .days(-40))
        for _ in 0..<5 { engine.writeWithoutRequests() }
        let after = engine.answers([place("o-1", key: "k-1"), place("o-2", key: "k-2")])
        #expect(after.map(\.code) == ["accepted", "accepted"])
        #expect(try engine.stock(mug)?.free == 7)
        engine.close()
    }

    @Test func `keeps messages, and what was decided about them`() async throws {
        let clock = ShopClock()
        let book = try OrderBook.inMemory(workflows: [mugShop], world: clock.world)
        try await book.messages.createTopic("news", TopicSettings(type: .mixed))
        _ = try await book.messages.send([NewMessage(to: "news", body: Array("hello".utf8))])
        let later = NewMessage(to: "news", body: Array("later".utf8), deliverAt: noon.advanced(by: .hours(1)))
        let sent = try await book.messages.send(later)
        try await book.messages.recall(try #require(sent.recallHandle), of: "news")
        clock.pass(.seconds(6), stepping: .days(40))
        for _ in 0..<3 { _ = try book.engine.maintain() }
        clock.pass(.seconds(6), stepping: .days(-40))
        let kept = try book.engine.store.read { rows in
            (
                try rows.messages(in: StoredQueueNumber(1), fromOffset: 0, limit: 9).count,
                try rows.pendingMessages(after: PendingMessageNumber(0), limit: 9).count
            )
        }
        #expect(kept == (1, 1))
        await book.close()
    }

    @Test(arguments: [Interval.hours(1), Interval.hours(-1)])
    func `lets a receive wait as long as it asked for, and no longer`(_ step: Interval) async throws {
        let clock = ShopClock()
        let book = try OrderBook.inMemory(workflows: [mugShop], world: clock.world)
        try await book.messages.createTopic("news", TopicSettings(type: .mixed))
        _ = try await book.messages.send([NewMessage(to: "news", body: Array("hello".utf8))])
        try await book.messages.createGroup("readers")
        let first = try await book.messages.receive("readers", Subscription("news"))
        for delivery in first { try await book.messages.acknowledge(delivery) }
        async let second = book.messages.receive(
            "readers", Subscription("news"), Messages.ReceiveOptions(wait: .seconds(5)))
        while book.engine.groups.census().waiting == 0 { await Task.yield() }
        clock.pass(.seconds(5), stepping: step)
        #expect(try await second.isEmpty)
        await book.close()
    }
}
