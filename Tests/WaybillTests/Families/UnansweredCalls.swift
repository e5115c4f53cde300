import EngineFixtures
import Testing
import Waybill
import WaybillCore
import WaybillEngine
import WaybillStore

/// A cake of which nobody says whether it is done.
@Suite struct `An unanswered call` {
    /// The order rests when the oven is silent, and hears the oven whenever it speaks.
    private static let cake = WorkflowText(
        FamilyShop.cake.text
            .replacing("within: 1h}", with: "unanswered: silent, late: cold, within: 1h}")
            .replacing(
                "      forget: {target: waiting,",
                with: """
                          silent: {actions: [{assign: {late: + event.cakes}}]}
                          forget: {target: waiting,
                    """
            )
            .replacing(
                "waiting: {on: {again",
                with: """
                    waiting: {on: {burnt: {actions: [{assign: {why: event.reason}}]},
                                       cold: {actions: [{assign: {why: event.ended}}]}, again
                    """),
        source: "cake.yaml")

    private func answer(_ name: EventName, _ key: Text = "c-1#1", _ data: JSON = [:]) -> OrderCommand {
        OrderCommand(name, of: "c-1", data: data, role: "oven", key: key, caller: "oven")
    }

    private func book(_ file: ShopFile? = nil, at clock: VirtualClock = VirtualClock(start: noon)) throws -> OrderBook {
        guard let file else { return try .inMemory(workflows: [Self.cake], world: .virtual(clock)) }
        return try .open(file.path, workflows: [Self.cake], world: .virtual(clock))
    }

    private func silent(_ file: ShopFile? = nil, at clock: VirtualClock = VirtualClock(start: noon)) async throws
        -> OrderBook
    {
        let book = try book(file, at: clock)
        try await book.submit(FamilyShop.bake("c-1"))
        book.advance(by: .hours(1))
        return book
    }

    private func halves(_ book: OrderBook) throws -> [PendingMessageRow.State] {
        try book.engine.store.read { try $0.pendingMessages(after: PendingMessageNumber(0), limit: 99) }.map(\.state)
    }

    @Test func `stays open at its deadline, and its order hears of it once with the call's data`() async throws {
        let book = try await silent()
        let order = try #require(try await book.order("c-1"))
        #expect(order.status == "baking" && order.version == 2)
        #expect(order.openCalls.map(\.isUnanswered) == [true])
        #expect(try await book.calls(of: "c-1")?.map(\.state) == ["unanswered"])
        #expect(try await book.history(of: "c-1")?.last?.type == "$unanswered")
        #expect(try book.context("c-1")["late"] as? Int == 2)
        #expect(try halves(book) == [.half], "nothing says that it was done, and nothing that it was not")
        book.advance(by: .days(40))
        #expect(try await book.order("c-1")?.version == 2, "the deadline fires once")
        #expect(try halves(book) == [.half])
    }

    @Test(arguments: ["baked", "burnt"]) func `ends with its answer at any time`(name: String) async throws {
        let book = try await silent()
        book.advance(by: .days(400))
        try await book.submit(answer(EventName(Text(name)), "c-1#1", name == "burnt" ? ["reason": "smoke"] : [:]))
        #expect(try await book.calls(of: "c-1")?.map(\.state) == [name == "baked" ? "ok" : "failed"])
        #expect(try halves(book) == [name == "baked" ? .committed : .rolledBack])
        #expect(try book.messages(in: "oven") == ["call c-1#1"] + (name == "baked" ? ["done c-1#1"] : []))
    }

    @Test func `that a person has settled as failed hears the worker's ok as late`() async throws {
        let book = try await silent()
        try await book.submit(answer("burnt", "c-1#1", ["reason": "the baker looked, it is coal"]))
        try await book.submit(answer("baked"))
        #expect(try book.context("c-1")["why"] as? String == "failed")
        #expect(try await book.submit(answer("burnt", "c-1#1", ["reason": "x"])).isRepeat)
    }

    @Test func `is not withdrawn by its order`() async throws {
        let book = try await silent()
        try await book.submit(OrderCommand("forget", of: "c-1"))
        #expect(try await book.order("c-1")?.status == "waiting")
        #expect(try await book.calls(of: "c-1")?.map(\.state) == ["unanswered"])
        #expect(try book.messages(in: "oven") == ["call c-1#1"], "and the worker is not told to forget it")
        // Nor is it asked for again under its name while it is open.
        #expect(await book.answer(to: OrderCommand("again", of: "c-1")).code == "bad_data")
        try await book.submit(answer("burnt", "c-1#1", ["reason": "smoke"]))
        try await book.submit(OrderCommand("again", of: "c-1"))
        #expect(try await book.order("c-1")?.openCalls.map(\.key) == ["c-1#2"])
    }

    @Test func `is unanswered after the file was opened again, and answered then`() async throws {
        let file = try ShopFile()
        let clock = VirtualClock(start: noon)
        try await silent(file, at: clock).close()
        let after = try book(file, at: clock)
        #expect(try await after.order("c-1")?.openCalls.map(\.state) == ["unanswered"])
        after.advance(by: .days(2))
        #expect(try await after.order("c-1")?.version == 2)
        try await after.submit(answer("baked"))
        #expect(try after.messages(in: "oven") == ["call c-1#1", "done c-1#1"])
        await after.close()
    }

    @Test func `was open before its deadline, and reads so`() async throws {
        let book = try await silent()
        book.advance(by: .minutes(1))
        try await book.submit(answer("burnt", "c-1#1", ["reason": "smoke"]))
        let then = try #require(try await book.order("c-1", asOf: .time(noon.advanced(by: .minutes(59)))))
        #expect(then.openCalls.map(\.state) == ["open"])
        let later = try #require(try await book.order("c-1", asOf: .time(noon.advanced(by: .hours(1)))))
        #expect(later.openCalls.map(\.state) == ["unanswered"])
    }

    @Test func `is found among all open calls, the longest overdue first`() async throws {
        let book = try await silent()
        try await book.submit(FamilyShop.bake("c-2"))
        let open = try await book.openCalls()
        #expect(open.map(\.key) == ["c-1#1", "c-2#1"] && open.map(\.order) == ["c-1", "c-2"])
        #expect(open.map(\.isUnanswered) == [true, false])
        #expect(try await book.openCalls(after: open.first).map(\.key) == ["c-2#1"])
        try await book.submit(answer("burnt", "c-1#1", ["reason": "smoke"]))
        #expect(try await book.openCalls().map(\.key) == ["c-2#1"])
    }

    @Test func `keeps its order from rest, and so does a child's`() async throws {
        let book = try await silent()
        #expect(try await book.isAtRest("c-1") == false)
        try await book.submit(answer("burnt", "c-1#1", ["reason": "smoke"]))
        #expect(try await book.isAtRest("c-1") == true)
        #expect(try await book.isAtRest("c-9") == nil)
        let family = try await FamilyShop.book()
        try await family.submit(FamilyShop.place("o-1"))
        #expect(try await family.isAtRest("o-1") == true)
        try await family.submit(FamilyShop.pack("o-1", "b", 1))
        #expect(try await family.isAtRest("o-1") == false, "its box waits for a day")
        try await family.submit(OrderCommand("deliver", of: "o-1/b"))
        #expect(try await family.isAtRest("o-1") == true)
    }
}
