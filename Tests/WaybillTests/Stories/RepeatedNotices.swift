import Testing
import Waybill
import WaybillCore

@Suite struct `A notice that comes again` {
    @Test func `is answered the same and changes nothing, for weeks`() async throws {
        let shop = try await StandardShop()
        await shop.place("o-1", mugs: 2)
        let steps: [@Sendable () async -> Answer] = [
            { await shop.pay("o-1", "p1", 1_000) }, { await shop.pay("o-1", "p2", 1_000) },
            { await shop.ship("o-1", "x1", ("a", 2)) }, { await shop.sign("o-1", "x1", ("a", 2)) },
            { await shop.takeBack("o-1", "c1", refund: 1_000, mugs: 1) },
            { await shop.refundDone("o-1", "o-1#1") }, { await shop.refundFailed("o-1", "o-1#2") },
        ]
        for (index, step) in steps.enumerated() { #expect(try await step().receipt().version == Int64(index) + 2) }
        shop.book.advance(by: .days(30))
        let before = try #require(try await shop.book.order("o-1"))
        for (index, step) in steps.enumerated() {
            let receipt = try await step().receipt()
            #expect(receipt.isRepeat)
            #expect(receipt.version == Int64(index) + 2)
        }
        #expect(try await shop.book.order("o-1") == before)
        #expect(try shop.stock(mugStock) == [9, 0, 1])
    }

    @Test func `is done once when many bring it at the same time`() async throws {
        let shop = try await StandardShop()
        await shop.place("o-1", mugs: 1)
        let repeats = await withTaskGroup(of: Bool.self) { group in
            for _ in 1...50 {
                group.addTask {
                    guard case .accepted(let receipt) = await shop.pay("o-1", "p1", 1_000) else { return false }
                    return receipt.isRepeat
                }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(repeats == 49)
        #expect(try shop.money("o-1") == ["p1": [1_000, 0, 0]])
    }

    @Test func `may use the name of another order's payment`() async throws {
        let shop = try await StandardShop()
        await shop.place("o-1", mugs: 1)
        await shop.place("o-2", mugs: 1)
        #expect(try await shop.pay("o-1", "p1", 1_000).receipt().isRepeat == false)
        #expect(try await shop.pay("o-2", "p1", 1_000).receipt().isRepeat == false)
    }
}
