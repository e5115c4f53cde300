import Testing
import Waybill

@Suite struct `After a pause of the process` {
    @Test func `a late payment finds the order closed by its overdue timeout`() async throws {
        let file = try ShopFile()
        let before = try file.open()
        try await before.submit(StockCommand(.receive(10), of: mug))
        try await before.submit(place("o-1"))
        await before.close()

        let after = try file.open(VirtualClock(start: noon.advanced(by: .hours(2))))
        let answer = await after.answer(to: pay("o-1"))
        guard case .refused(.notPossible) = answer else {
            Issue.record("\(answer)")
            return
        }
        #expect(try await after.history(of: "o-1")?.map(\.type) == ["place", "$timeout"])
        #expect(try await after.stock(mug)?.free == 10)
        await after.close()
    }
}
