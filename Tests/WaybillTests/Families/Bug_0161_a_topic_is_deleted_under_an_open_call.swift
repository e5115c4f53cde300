import Testing
import Waybill
import WaybillCore

@Suite struct `Bug 0161: a topic that messages wait for` {
    @Test func `is not deleted under an open call, nor under delayed and half messages`() async throws {
        let book = try await FamilyShop.book()
        try await book.submit(FamilyShop.bake("c-1"))
        try await book.submit(FamilyShop.bake("c-2"))
        let awaited = MessageRefusal.topicAwaited("oven", delayed: 0, half: 0, calls: 2)
        await #expect(throws: awaited) { try await book.messages.deleteTopic("oven") }
        for (order, key) in [("c-1", "c-1#1"), ("c-2", "c-2#1")] as [(OrderID, Text)] {
            let answer = OrderCommand("baked", of: order, role: "oven", key: key, caller: "oven")
            try await book.submit(answer)
        }
        let later = book.now.advanced(by: .hours(1))
        try await book.messages.send(NewMessage(to: "oven", body: [1], deliverAt: later))
        let half = try await book.messages.prepare(NewMessage(to: "oven", body: [2]), producer: "shop")
        await #expect(throws: MessageRefusal.topicAwaited("oven", delayed: 1, half: 1, calls: 0)) {
            try await book.messages.deleteTopic("oven")
        }
        _ = try await book.messages.resolve(half.transaction, of: "oven", .rollback)
        book.advance(by: .hours(1))
        // Nothing waits for it any more: only the workflow that calls there is in the way.
        await #expect(throws: MessageRefusal.topicInUse("oven", workflows: ["cake"], modules: [])) {
            try await book.messages.deleteTopic("oven")
        }
        let silent = FamilyShop.cake.text.replacing("topic: oven", with: "topic: stove")
            .replacing("version: 1", with: "version: 2")
        try await book.keepWorkflow(WorkflowText(silent, source: "cake.yaml"))
        try await book.messages.deleteTopic("oven")
        #expect(try await book.messages.topic("oven") == nil)
    }
}
