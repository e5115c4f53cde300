import EngineFixtures
import Testing
import Waybill
import WaybillCore
import WaybillEngine
import WaybillStore

@Suite struct `A call` {
    private func answer(_ name: EventName, _ id: OrderID, _ key: Text?, _ data: JSON = [:]) -> OrderCommand {
        OrderCommand(name, of: id, data: data, role: "oven", key: key, caller: "oven")
    }

    private func baking() async throws -> OrderBook {
        let book = try await FamilyShop.book()
        try await book.submit(FamilyShop.bake("c-1"))
        return book
    }

    private func halves(_ book: OrderBook) throws -> [PendingMessageRow.State] {
        try book.engine.store.read { try $0.pendingMessages(after: PendingMessageNumber(0), limit: 99) }.map(\.state)
    }

    @Test func `is asked for and prepared in the write of its order`() async throws {
        let book = try await baking()
        #expect(try book.messages(in: "oven") == ["call c-1#1"])
        #expect(try halves(book) == [.half])
        let call = try #require(try await book.order("c-1")?.openCalls.first)
        #expect(call.key == "c-1#1" && call.topic == "oven" && call.ok == "baked" && call.failed == "burnt")
        #expect(String(decoding: call.data, as: UTF8.self) == #"{"cakes":2}"#)
        #expect(try await book.calls(of: "c-1")?.map(\.state) == ["open"])
        #expect(call.deadline == noon.advanced(by: .hours(1)))
    }

    @Test func `says that it was done only with the answer, in the same write`() async throws {
        let book = try await baking()
        try await book.submit(answer("baked", "c-1", "c-1#1", ["colour": "brown"]))
        #expect(try book.messages(in: "oven") == ["call c-1#1", "done c-1#1"])
        #expect(try halves(book) == [.committed])
        #expect(try await book.calls(of: "c-1")?.map(\.state) == ["ok"])
        #expect(try book.context("c-1")["colour"] as? String == "brown")
        book.advance(by: .days(1))
        #expect(try await book.order("c-1")?.version == 2, "no deadline fires any more")
    }

    @Test func `is answered once: the same answer again changes nothing, another is refused`() async throws {
        let book = try await baking()
        let first = try await book.submit(answer("burnt", "c-1", "c-1#1", ["reason": "smoke"]))
        let again = try await book.submit(answer("burnt", "c-1", "c-1#1", ["reason": "smoke"]))
        #expect(again.isRepeat && again.version == first.version)
        let tooLate = Answer.refused(.callEnded("baked", key: "c-1#1", how: .failed, at: noon))
        #expect(await book.answer(to: answer("baked", "c-1", "c-1#1")) == tooLate)
        var other = answer("baked", "c-1", "c-1#1")
        other.caller = "another oven"
        #expect(await book.answer(to: other) == tooLate)
        #expect(try halves(book) == [.rolledBack])
        #expect(try book.messages(in: "oven") == ["call c-1#1"])
    }

    @Test func `takes no answer without its key, nor with another order's`() async throws {
        let book = try await baking()
        try await book.submit(FamilyShop.bake("c-2"))
        let keyless = await book.answer(to: answer("baked", "c-1", nil))
        #expect(keyless == .refused(.noOpenCall("baked", key: nil, open: ["c-1#1"])))
        #expect(await book.answer(to: answer("baked", "c-1", "c-2#1")).code == "no_open_call")
        #expect(await book.answer(to: answer("baked", "c-1", "c-1#2")).code == "no_open_call")
        // A key that was refused too early is good when its call is made.
        try await book.submit(answer("burnt", "c-1", "c-1#1", ["reason": "smoke"]))
        try await book.submit(OrderCommand("again", of: "c-1"))
        try await book.submit(answer("baked", "c-1", "c-1#2"))
    }

    @Test func `lends its data to the answer, which must not contradict it`() async throws {
        let book = try await baking()
        let answer = await book.answer(to: answer("baked", "c-1", "c-1#1", ["cakes": 3]))
        #expect(answer == .refused(.badData("baked", path: "cakes", problem: "the call says 2")))
        #expect(try await book.calls(of: "c-1")?.map(\.state) == ["open"])
        try await book.submit(self.answer("baked", "c-1", "c-1#1", ["cakes": 2]))
    }

    @Test func `expires at its deadline into the failed command, with its own data`() async throws {
        let book = try await baking()
        book.advance(to: noon.advanced(by: .hours(1)).advanced(by: Interval(milliseconds: -1)))
        #expect(try await book.order("c-1")?.status == "baking")
        book.advance(by: Interval(milliseconds: 1))
        #expect(try await book.order("c-1")?.status == "waiting")
        #expect(try book.context("c-1")["why"] as? String == "expired")
        #expect(try await book.history(of: "c-1")?.last?.type == "$expired")
        #expect(try await book.calls(of: "c-1")?.map(\.state) == ["expired"])
        #expect(try halves(book) == [.rolledBack])
        book.advance(by: .minutes(5))
        let deadline = noon.advanced(by: .hours(1))
        #expect(
            await book.answer(to: answer("baked", "c-1", "c-1#1"))
                == .refused(.callEnded("baked", key: "c-1#1", how: .expired, at: deadline)))
        #expect(try book.messages(in: "oven") == ["call c-1#1"])
    }

    @Test func `that the order takes back is cancelled, and the worker is told`() async throws {
        let book = try await baking()
        try await book.submit(OrderCommand("forget", of: "c-1"))
        #expect(try await book.calls(of: "c-1")?.map(\.state) == ["cancelled"])
        #expect(try book.messages(in: "oven") == ["call c-1#1", "withdrawn c-1#1"])
        #expect(
            await book.answer(to: answer("baked", "c-1", "c-1#1"))
                == .refused(.callEnded("baked", key: "c-1#1", how: .withdrawn, at: noon)))
        try await book.submit(OrderCommand("again", of: "c-1"))
        #expect(try await book.order("c-1")?.openCalls.map(\.key) == ["c-1#2"])
        book.advance(by: .days(1))
        #expect(try await book.calls(of: "c-1")?.map(\.state) == ["cancelled", "expired"])
    }

    @Test func `in flight at a crash is answered after it`() async throws {
        let file = try ShopFile()
        let clock = VirtualClock(start: noon)
        let before = try OrderBook.open(file.path, workflows: [FamilyShop.cake], world: .virtual(clock))
        try await before.submit(FamilyShop.bake("c-1"))
        await before.close()
        let after = try OrderBook.open(file.path, workflows: [FamilyShop.cake], world: .virtual(clock))
        #expect(try await after.order("c-1")?.openCalls.map(\.key) == ["c-1#1"])
        try await after.submit(answer("baked", "c-1", "c-1#1"))
        #expect(try after.messages(in: "oven") == ["call c-1#1", "done c-1#1"])
        await after.close()
    }
}
