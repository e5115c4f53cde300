import Testing
import Waybill
import WaybillCore
import WaybillEngine

/// "Done" went out by hand while the order said failed; then the worker's `ok` broke a UNIQUE constraint for ever.
@Suite struct `The half message of a call` {
    private func baking() async throws -> (book: OrderBook, half: HalfMessageView) {
        let book = try await FamilyShop.book()
        try await book.submit(FamilyShop.bake("c-1"))
        return await (book, try #require(try book.messages.halfMessages().elements.first))
    }

    private static let refusal = MessageRefusal.decidedByAnswer(
        order: "c-1", key: "c-1#1", ok: "baked", failed: "burnt")

    @Test(arguments: Resolution.allCases) func `is decided by nothing but its answer`(by hand: Resolution) async throws
    {
        let (book, half) = try await baking()
        await #expect(throws: Self.refusal) {
            try await book.messages.resolve(half.transaction, of: half.topic, hand)
        }
        await #expect(throws: Self.refusal) { try await book.messages.resume(half.transaction, of: half.topic) }
        #expect(try book.messages(in: "oven") == ["call c-1#1"])
        #expect(Self.refusal.message.contains("waybill order send c-1 baked --key c-1#1"))
        let answer = OrderCommand("baked", of: "c-1", role: "oven", key: "c-1#1")
        try await book.submit(answer)
        #expect(try book.messages(in: "oven") == ["call c-1#1", "done c-1#1"])
    }

    @Test func `that was decided answers as any other`() async throws {
        let (book, half) = try await baking()
        try await book.submit(OrderCommand("burnt", of: "c-1", data: ["reason": "smoke"], role: "oven", key: "c-1#1"))
        let again = try await book.messages.resolve(half.transaction, of: half.topic, .rollback)
        #expect(again.resolution == .rollback)
        await #expect(throws: MessageRefusal.self) {
            try await book.messages.resolve(half.transaction, of: half.topic, .commit)
        }
    }

    @Test func `has a producer that no client can be`() async throws {
        let (book, _) = try await baking()
        #expect(throws: MessageRefusal.self) {
            try book.messages.answerChecks(of: Engine.callProducer.string) { _ in .commit }
        }
    }
}
