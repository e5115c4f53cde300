import Foundation
import Testing
import Waybill

/// What README and the front page of the documentation show first. TidyTests hold that they show just this.
@Suite struct `The first steps` {
    @Test func `do what they say`() async throws {
        let directory = try ScratchDirectory()
        let path = directory.path("shop.db")

        let book = try OrderBook.open(path)
        try await book.submit(StockCommand(.receive(500), of: StockKey(sku: "phone")))

        let placed = try await book.submit(
            OrderCommand(
                "place", of: "order-7",
                data: ["buyer": "ann", "sku": "phone", "at": "", "price_cents": 49_900, "limit": 2],
                workflow: "flash-sale", key: "cart-42"))
        let paid = try await book.submit(
            OrderCommand("pay", of: "order-7", data: ["payment": "p-1", "amount_cents": 49_900]))
        let order = try await book.order("order-7")

        #expect(placed.version == 1)
        #expect(paid.version == 2)
        #expect(order?.status == "awaiting shipment")
        #expect(try await book.stock(StockKey(sku: "phone"))?.sold == 1)
        await book.close()
    }
}

/// A directory that goes when the test ends.
final class ScratchDirectory {
    private let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(
            path: "waybill-documents-\(ProcessInfo.processInfo.globallyUniqueString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { _ = try? FileManager.default.removeItem(at: url) }

    func path(_ name: String) -> String { url.appending(path: name).path }
}
