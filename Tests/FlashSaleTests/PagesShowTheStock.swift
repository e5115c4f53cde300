import Fixtures
import FlashSale
import Testing
import Waybill
import WaybillCore

@Suite struct `The page of a virtual shop` {
    @Test func `shows what the last write has left, also after a restart and of what was never sold`() async throws {
        let directory = try TemporaryDirectory()
        let scenario = try scenario()
        let shop = try await VirtualShop.open(directory.file("shop.db"), for: scenario)
        defer { shop.close() }
        #expect(try shop.free(0) == 20 && shop.free(2) == 20)
        let first = TimedRequest(ShopRequest(.place, shopper: 1, order: 1, item: 0), at: scenario.opensAt)
        #expect(try shop.decide([first]) == [.accepted(isRepeat: false)])
        #expect(try shop.free(0) == 19)
        try await shop.restart()
        #expect(try shop.free(0) == 19 && shop.free(2) == 20)
        try shop.receive(0, 5, scenario.opensAt.advanced(by: .seconds(1)))
        #expect(try shop.free(0) == 24)
        // Unpaid, it comes back.
        shop.pass(scenario.opensAt.advanced(by: .hours(1)))
        #expect(try shop.free(0) == 25)
    }
}
