import Foundation
import Testing
import Waybill

@Suite struct `The README's first steps` {
    @Test func `compile and do what they say`() async throws {
        let directory = FileManager.default.temporaryDirectory.appending(
            path: "waybill-readme-\(ProcessInfo.processInfo.globallyUniqueString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let path = directory.appending(path: "shop.db").path

        // README begins
        let book = try OrderBook.open(path, workflows: [.shipped("flash-sale")].compactMap { $0 })
        _ = try await book.submit(StockCommand(.receive(500), of: StockKey(sku: "phone"))).get()

        let placed = await book.submit(
            OrderCommand(
                "place", of: "order-7",
                data: ["buyer": "ann", "sku": "phone", "at": "", "price_cents": 49_900, "limit": 2],
                workflow: "flash-sale", key: "cart-42"))
        let paid = await book.submit(
            OrderCommand("pay", of: "order-7", data: ["payment": "p-1", "amount_cents": 49_900]))
        let order = try book.order("order-7")
        // README ends

        #expect(try placed.receipt().version == 1)
        #expect(try paid.receipt().version == 2)
        #expect(order?.status == "awaiting shipment")
        #expect(try book.stock(StockKey(sku: "phone"))?.sold == 1)
        book.close()
    }

    @Test func `stand in the README as they are tested`() throws {
        let source = try String(contentsOfFile: #filePath, encoding: .utf8)
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let readme = try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
        // The markers are put together here, so that this line is not taken for them.
        let begin = try #require(source.range(of: "// README " + "begins\n"))
        let end = try #require(source.range(of: "        // README " + "ends"))
        let lines = source[begin.upperBound..<end.lowerBound].split(separator: "\n", omittingEmptySubsequences: false)
        let example = lines.map { $0.hasPrefix("        ") ? String($0.dropFirst(8)) : String($0) }.joined(
            separator: "\n")
        #expect(readme.contains("```swift\n" + example + "```"))
    }
}
