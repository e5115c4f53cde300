import EngineFixtures
import Testing
import Waybill
import WaybillCore
import WaybillEngine
import WaybillStore

@Suite struct `Bug 0186: a write has fired as many as it may, and the next ones are damaged` {
    /// The look for more met one that was put off, and took it for the end of all that is due.
    @Test func `an order that waits for those behind them keeps its place`() async throws {
        let count = 1_100
        let file = try ShopFile()
        let before = try file.open()
        try await before.submit(StockCommand(.receive(Int64(count)), of: mug))
        let placed = before.engine.answers((0..<count).map { place(OrderID("o-\($0)")) })
        #expect(placed.filter { !$0.isAccepted } == [])
        await before.close()
        let store = try Store.open(file.path)
        try store.write { transaction in
            for number in 1_024...1_025 {
                var row = try #require(try transaction.order(id: OrderID("o-\(number)")))
                row.state = Array("{".utf8)
                try transaction.update(row)
            }
        }
        store.close()

        let book = try file.open(VirtualClock(start: noon.advanced(by: .minutes(45))))
        let data: JSON = ["buyer": "ann", "qty": .int(Int64(count) - 2), "price_cents": 1_250]
        try await book.submit(OrderCommand("place", of: "all", data: data, workflow: "mug-shop"))
        #expect(try book.engine.store.read { try $0.timeoutRetries(.order, after: nil, limit: 9) }.count == 2)
        await book.close()
    }
}
