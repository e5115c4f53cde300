import EngineFixtures
import Testing
import Waybill
import WaybillCore

@Suite struct `Requests to a book that closes` {
    @Test func `are all answered when the book closes, and refused afterwards`() async throws {
        let book = try OrderBook.inMemory(workflows: [mugShop])
        try await book.submit(StockCommand(.receive(100), of: mug))
        async let answers = withTaskGroup(of: Answer.self) { group in
            for number in 0..<50 { group.addTask { await book.answer(to: place(OrderID("o-\(number)"))) } }
            return await group.reduce(into: [Answer]()) { $0.append($1) }
        }
        await book.close()
        let all = await answers
        #expect(all.count == 50)
        #expect(all.allSatisfy { $0.isAccepted || $0.code == "fail_stopped" })
        #expect(await book.answer(to: place("late")).code == "fail_stopped")
    }
}
