import EngineFixtures
import Testing
import Waybill
import WaybillCore

/// A cake that is done when nobody waits for it any more.
@Suite struct `A late answer` {
    /// The oven has an hour; what comes later is put on the shelf.
    private static let cake = WorkflowText(
        FamilyShop.cake.text.replacing("within: 1h}", with: "late: cold, within: 1h}").replacing(
            "waiting: {on: {again",
            with: "waiting: {on: {cold: {actions: [{assign: {why: event.ended, late: + event.cakes}}]}, again"),
        source: "cake.yaml")

    private func answer(_ name: EventName, _ key: Text, _ data: JSON = [:]) -> OrderCommand {
        OrderCommand(name, of: "c-1", data: data, role: "oven", key: key, caller: "oven")
    }

    private func book(_ file: ShopFile? = nil, at clock: VirtualClock = VirtualClock(start: noon)) throws -> OrderBook {
        guard let file else { return try .inMemory(workflows: [Self.cake], world: .virtual(clock)) }
        return try .open(file.path, workflows: [Self.cake], world: .virtual(clock))
    }

    @Test(arguments: ["expired", "failed", "cancelled"])
    func `is heard once, with how the call had ended`(end: String) async throws {
        let book = try book()
        try await book.submit(FamilyShop.bake("c-1"))
        switch end {
        case "expired": book.advance(by: .hours(1))
        case "failed": try await book.submit(answer("burnt", "c-1#1", ["reason": "smoke"]))
        default: try await book.submit(OrderCommand("forget", of: "c-1"))
        }
        let late = try await book.submit(answer("baked", "c-1#1", ["colour": "brown"]))
        let again = try await book.submit(answer("baked", "c-1#1", ["colour": "brown"]))
        #expect(again.isRepeat && again.version == late.version)
        #expect(try book.context("c-1")["late"] as? Int == 2)
        #expect(try book.context("c-1")["why"] as? String == end)
        #expect(try await book.calls(of: "c-1")?.map(\.state.string) == [end])
        #expect(try !book.messages(in: "oven").contains("done c-1#1"), "the announcement was rolled back")
    }

    @Test func `must not contradict its call, and is no other call's`() async throws {
        let book = try book()
        try await book.submit(FamilyShop.bake("c-1"))
        book.advance(by: .hours(1))
        #expect(await book.answer(to: answer("baked", "c-1#1", ["cakes": 3])).code == "bad_data")
        #expect(await book.answer(to: answer("baked", "c-1#2")).code == "no_open_call")
        #expect(await book.answer(to: answer("burnt", "c-1#1", ["reason": "x"])).code == "call_ended")
        #expect(try book.context("c-1")["late"] as? Int == 0)
    }

    @Test func `is refused where no state waits for it`() async throws {
        let book = try book()
        try await book.submit(FamilyShop.bake("c-1"))
        book.advance(by: .hours(1))
        try await book.submit(OrderCommand("again", of: "c-1"))
        #expect(await book.answer(to: answer("baked", "c-1#1")).code == "not_possible")
        // The second call is open all the same, and the first one's answer is heard when the order waits again.
        try await book.submit(answer("burnt", "c-1#2", ["reason": "smoke"]))
        try await book.submit(answer("baked", "c-1#1"))
        #expect(try book.context("c-1")["late"] as? Int == 2)
    }

    @Test func `is heard after the file was opened again`() async throws {
        let file = try ShopFile()
        let clock = VirtualClock(start: noon)
        let before = try book(file, at: clock)
        try await before.submit(FamilyShop.bake("c-1"))
        before.advance(by: .hours(1))
        await before.close()
        let after = try book(file, at: clock)
        try await after.submit(answer("baked", "c-1#1"))
        #expect(try after.context("c-1")["late"] as? Int == 2)
        await after.close()
    }
}
