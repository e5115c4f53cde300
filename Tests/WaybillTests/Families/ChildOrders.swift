import EngineFixtures
import Testing
import Waybill
import WaybillCore
import WaybillEngine
import WaybillStore

@Suite struct `A child order` {
    @Test func `is placed in the write of its parent, with a stream of its own`() async throws {
        let book = try await FamilyShop.book()
        try await book.submit(FamilyShop.place("o-1"))
        let before = book.engine.writeCount
        try await book.submit(FamilyShop.pack("o-1", "b1", 4))
        #expect(book.engine.writeCount == before + 1)
        let child = try #require(try await book.order("o-1/b1"))
        #expect(child.parent == "o-1")
        #expect(child.version == 1)
        #expect(try await book.order("o-1")?.children == ["o-1/b1"])
        let packed = try #require(try await book.history(of: "o-1")?.last)
        let filled = try #require(try await book.history(of: "o-1/b1")?.first)
        #expect(filled.cause == packed.position)
        #expect(filled.caller == "o-1")
        let row = try #require(try book.engine.store.read { try $0.order(id: "o-1/b1") })
        let parent = try #require(try book.engine.store.read { try $0.order(id: "o-1") })
        #expect(row.parent == parent.number && row.root == parent.number)
        #expect(try await book.stock(StockKey(sku: "mug"))?.reserved == 4)
    }

    @Test func `that is refused refuses its parent's command, and nothing of either is kept`() async throws {
        let book = try await FamilyShop.book(mugs: 3)
        try await book.submit(FamilyShop.place("o-1"))
        let end = book.engine.lastPosition
        let answer = await book.answer(to: FamilyShop.pack("o-1", "b1", 4))
        guard case .refused(.relativeRefused(let id, let name, let code, _, _)) = answer else {
            Issue.record("\(answer)")
            return
        }
        #expect(id == "o-1/b1" && name == "fill" && code == "insufficient_stock")
        #expect(book.engine.lastPosition == end)
        #expect(try await book.order("o-1/b1") == nil)
        #expect(try await book.order("o-1")?.children == [])
        #expect(try book.messages(in: "basket") == [])
        #expect(try await book.refusals(of: "o-1").map(\.code) == ["insufficient_stock"])
    }

    @Test func `finds the stock that its sister of the same write has left`() async throws {
        let book = try await FamilyShop.book(mugs: 5)
        try await book.submit(FamilyShop.place("o-1"))
        var two = OrderCommand("pack_two", of: "o-1", data: ["first": "b1", "second": "b2", "units": 3])
        let answer = await book.answer(to: two)
        guard case .refused(.relativeRefused("o-1/b2", "fill", "insufficient_stock", let why, let values)) = answer
        else {
            Issue.record("\(answer)")
            return
        }
        #expect(why.contains("3 of mug asked, 2 free"))
        #expect(values == ["sku": "mug", "location": "", "asked": 3, "free": 2])
        #expect(try await book.stock(StockKey(sku: "mug"))?.free == 5)
        two = OrderCommand("pack_two", of: "o-1", data: ["first": "b1", "second": "b2", "units": 2])
        try await book.submit(two)
        #expect(try await book.stock(StockKey(sku: "mug"))?.reserved == 4)
    }

    @Test func `tells its parent in its own write`() async throws {
        let book = try await FamilyShop.book()
        try await book.submit(FamilyShop.place("o-1"))
        try await book.submit(FamilyShop.pack("o-1", "b1", 4))
        let before = book.engine.writeCount
        try await book.submit(OrderCommand("deliver", of: "o-1/b1", role: "carrier"))
        #expect(book.engine.writeCount == before + 1)
        #expect(try book.context("o-1")["arrived"] as? Int == 4)
        #expect(try await book.history(of: "o-1")?.map(\.type) == ["place", "pack", "arrived"])
    }

    @Test func `is told by its parent`() async throws {
        let book = try await FamilyShop.book()
        try await book.submit(FamilyShop.place("o-1"))
        try await book.submit(FamilyShop.pack("o-1", "b1", 1))
        try await book.submit(OrderCommand("hurry", of: "o-1", data: ["box": "b1"]))
        #expect(try await book.order("o-1/b1")?.status == "rushed")
        // It is rushed already, and says so; the parent's command is refused with that reason.
        let again = await book.answer(to: OrderCommand("hurry", of: "o-1", data: ["box": "b1"]))
        #expect(again.code == "not_possible")
        let nobody = await book.answer(to: OrderCommand("hurry", of: "o-1", data: ["box": "b9"]))
        #expect(nobody == .refused(.unknownOrder("o-1/b9")))
    }

    @Test func `listens to its parent, not to a stranger who calls himself so`() async throws {
        let book = try await FamilyShop.book()
        try await book.submit(FamilyShop.place("o-1"))
        try await book.submit(FamilyShop.pack("o-1", "b1", 1))
        let arrived = OrderCommand("arrived", of: "o-1", data: ["box": "b1", "units": 1], role: "buyer")
        #expect(await book.answer(to: arrived).code == "wrong_role")
    }

    @Test func `whose parent refuses is refused too, by command and by timeout`() async throws {
        let book = try await FamilyShop.book(mugs: 20)
        try await book.submit(FamilyShop.place("o-1"))
        try await book.submit(FamilyShop.pack("o-1", "b1", 11))
        let answer = await book.answer(to: OrderCommand("deliver", of: "o-1/b1"))
        #expect(answer.code == "invariant_broken")
        #expect(try await book.order("o-1/b1")?.status == "waiting")
        book.advance(by: .days(2))
        #expect(try await book.order("o-1/b1")?.status == "waiting")
        #expect(
            try await book.refusals(of: "o-1/b1").contains { $0.command == "$timeout" && $0.code == "invariant_broken" }
        )
        #expect(try await book.order("o-1/b1")?.timeouts.count == 1, "shown, and tried again")
    }

    @Test func `of an order that has ended goes on alone`() async throws {
        let book = try await FamilyShop.book()
        try await book.submit(FamilyShop.place("o-1"))
        try await book.submit(FamilyShop.pack("o-1", "b1", 1))
        try await book.submit(OrderCommand("end", of: "o-1"))
        try await book.submit(OrderCommand("deliver", of: "o-1/b1"))
        #expect(try await book.order("o-1/b1")?.isFinished == true)
        #expect(try await book.order("o-1")?.version == 3)
        #expect(try await book.refusals(of: "o-1").map(\.command) == ["arrived"])
    }

    @Test func `has a bound in number, and a name of its own`() async throws {
        let book = try await FamilyShop.book()
        try await book.submit(FamilyShop.place("o-1"))
        for name in ["b1", "b2", "b3"] { try await book.submit(FamilyShop.pack("o-1", name, 1)) }
        #expect(
            await book.answer(to: FamilyShop.pack("o-1", "b4", 1)) == .refused(.limit("children under box", max: 3)))
        #expect(await book.answer(to: FamilyShop.pack("o-1", "b1", 1)) == .refused(.orderExists("o-1/b1")))
        try await book.submit(FamilyShop.place("o-2"))
        #expect(await book.answer(to: FamilyShop.pack("o-2", "a/b", 1)).code == "bad_data")
        #expect(await book.answer(to: FamilyShop.pack("o-2", "", 1)).code == "bad_data")
        #expect(await book.answer(to: FamilyShop.pack("o-2", String(repeating: "x", count: 65), 1)).code == "bad_data")
    }

    @Test func `fires its overdue timeout before what its parent tells it`() async throws {
        let book = try await FamilyShop.book()
        try await book.submit(FamilyShop.place("o-1"))
        try await book.submit(FamilyShop.pack("o-1", "b1", 2))
        // The clock jumps over the timeout, as when the process stood still: nothing has fired yet.
        book.engine.world.virtualClock?.move(to: noon.advanced(by: .days(1)))
        let answer = await book.answer(to: OrderCommand("hurry", of: "o-1", data: ["box": "b1"]))
        #expect(answer.isAccepted, "the box has gone, and hears nothing")
        #expect(try await book.history(of: "o-1/b1")?.map(\.type) == ["fill", "$timeout"])
        #expect(try await book.history(of: "o-1")?.map(\.type) == ["place", "pack", "arrived", "hurry"])
    }

    @Test func `inherits the lane of the command, and so do its messages and timeouts`() async throws {
        let book = try await FamilyShop.book()
        try await book.submit(FamilyShop.place("o-1"))
        try await book.submit(FamilyShop.pack("o-1", "b1", 1, lane: "grey"))
        try await book.submit(FamilyShop.pack("o-1", "b2", 1))
        #expect(try await book.order("o-1/b1")?.lane == "grey")
        #expect(try book.messages(in: "basket") == ["packed -", "grey/packed -"].sorted())
        #expect(Set(try book.messages(in: "boxes")) == ["grey/filled -", "filled -"])
        book.advance(by: .days(1))
        let events = try book.engine.store.read { try $0.events(after: Position(0), upTo: Position(99), limit: 99) }
        #expect(events.filter { $0.type == "arrived" }.map(\.lane) == ["grey", ""])
    }
}

@Suite struct `A timeout` {
    private static let reminder = WorkflowText(
        """
        id: reminder
        version: 1
        commands: {place: {data: {buyer: text}}, wait: {}}
        context: {buyer: text}
        initial: idle
        states:
          idle: {on: {wait: waiting}}
          waiting: {after: {due: {in: 1h, target: told}}}
          told: {type: final, entry: [{send: {topic: told}}]}
        """)

    @Test func `fires in the lane of the command that armed it`() async throws {
        let book = try await FamilyShop.book([Self.reminder])
        for (id, lane) in [("o-1", "grey"), ("o-2", "")] as [(OrderID, Text)] {
            let place = OrderCommand("place", of: id, data: ["buyer": "ann"], workflow: "reminder")
            try await book.submit(place)
            try await book.submit(OrderCommand("wait", of: id, lane: lane))
        }
        try await book.extendTimeout("due", of: "o-1", by: .minutes(1))
        book.advance(by: .hours(2))
        #expect(try book.messages(in: "told").sorted() == [" -", "grey/ -"])
    }
}
