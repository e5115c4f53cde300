import EngineFixtures
import Testing
import Waybill
import WaybillCore
import WaybillEngine
import WaybillStore

@Suite struct `Bug 0196: a command with rows of the caller's fires what is overdue, and one of that is damaged` {
    /// A write of its own was not made again without it.
    @Test func `the damaged one is put off, and the command is done`() async throws {
        let file = try ShopFile()
        let before = try file.open()
        try await before.submit(StockCommand(.receive(3), of: mug))
        for number in 0..<3 { try await before.submit(place(OrderID("o-\(number)"))) }
        await before.close()
        let store = try Store.open(file.path)
        try store.write { transaction in
            var row = try #require(try transaction.order(id: "o-1"))
            row.state = Array("{".utf8)
            try transaction.update(row)
        }
        store.close()
        let book = try file.open(VirtualClock(start: noon.advanced(by: .minutes(45))))
        let data: JSON = ["buyer": "ann", "qty": 2, "price_cents": 1_250]
        let command = OrderCommand("place", of: "both", data: data, workflow: "mug-shop")
        let (receipt, rows) = try await book.transact(command) { _ in 7 }
        #expect(receipt.version == 1 && rows == 7)
        #expect(try book.engine.store.read { try $0.timeoutRetries(.order, after: nil, limit: 9) }.count == 1)
        await book.close()
    }
}
