import Testing
import Waybill

@Suite struct `An order that names a line twice` {
    @Test func `is refused, because the second could never ship`() async throws {
        let shop = try await StandardShop(mugs: 5)
        let line = shop.line("a", "mug", "north", 1, 1_000)
        let answer = await shop.place("o-1", lines: [line, line])
        #expect(answer == .refused(.badData("place", path: "lines[1]", problem: "the key a is given twice")))
        #expect(try shop.stock(mugStock) == [5, 0, 0])
    }
}
