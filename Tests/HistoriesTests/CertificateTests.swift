import Foundation
import Histories
import Testing
import Waybill
import WaybillCore
import WaybillEngine
import WaybillStore

/// Certificates are written by Waybill and judged by a script that knows nothing of its code.
@Suite struct `A stock certificate` {
    @Test(arguments: [21, 23, 25] as [UInt64])
    func `of a crowd's orders is sound, and a checker without our code agrees`(_ seed: UInt64) async throws {
        let shop = try CertifiedShop()
        let book = try shop.open()
        var shoppers = Shoppers(book, seed: seed)
        try await shoppers.live(steps: 900)
        await book.close()
        let report = try shop.certify()
        #expect(report.findings.first == [])
        #expect(report.movements > 100 && report.stocks > 5 && report.holders > 1)
        #expect(try shop.check().isSound)
    }

    @Test func `is the same in parts and pages of any size`() async throws {
        let shop = try CertifiedShop()
        let book = try shop.open()
        var shoppers = Shoppers(book, seed: 24)
        try await shoppers.live(steps: 300)
        await book.close()
        let whole = try shop.certify()
        var settings = Certify.Settings()
        settings.keysMax = 3
        settings.pageMax = 7
        let parts = try shop.certify(settings)
        #expect(parts.findings.first == [])
        #expect(parts.movements == whole.movements && parts.stocks == whole.stocks)
        #expect(parts.shown.sorted { $0.key < $1.key } == whole.shown.sorted { $0.key < $1.key })
        #expect(try shop.check().isSound)
        #expect(try shop.lines().count { $0.hasPrefix(#"{"is":"part""#) } > 3)
    }

    @Test func `of one SKU speaks of that only, and counts orders and payments per unit`() async throws {
        let shop = try await CertifiedShop.filled()
        let book = try shop.open(at: Shop.opening.advanced(by: .hours(1)))
        try await book.submit(StockCommand(.receive(3), of: StockKey(sku: "tea")))
        await book.close()
        var settings = Certify.Settings()
        settings.skus = ["mug"]
        let report = try shop.certify(settings)
        #expect(report.isSound)
        let mug = try #require(report.shown.first)
        #expect(report.shown.count == 1 && mug.key == StockKey(sku: "mug", location: "north"))
        #expect(mug.level.sold == 2 && mug.level.free == 2)
        #expect(mug.orders == 2 && mug.payments == 2)
        #expect(try shop.lines().allSatisfy { !$0.contains("tea") })
        #expect(try shop.check().isSound)
    }

    @Test func `of a file without events is a certificate too`() throws {
        let shop = try CertifiedShop()
        try shop.open().close()
        #expect(try shop.certify().isSound)
        #expect(try shop.check().isSound)
    }

    @Test(arguments: [0.02, 0.3, 0.6, 0.95])
    func `that was changed afterwards is found out wherever it was`(_ place: Double) async throws {
        let shop = try await CertifiedShop.filled()
        #expect(try shop.certify().isSound)
        let lines = try shop.lines()
        let index = Int(Double(lines.count) * place)
        let forged = lines[index].replacingOccurrences(of: #":1,"#, with: ":2,")
        try shop.rewrite(lines[..<index] + [forged == lines[index] ? forged + " " : forged] + lines[(index + 1)...])
        #expect(try !shop.check(againstFile: false).isSound, "line \(index) changed")
        try shop.rewrite(lines[..<index] + lines[(index + 1)...])
        #expect(try !shop.check(againstFile: false).isSound, "line \(index) taken away")
        try shop.rewrite(lines[..<index] + [lines[index]] + lines[index...])
        #expect(try !shop.check(againstFile: false).isSound, "line \(index) twice")
        try shop.rewrite(lines[..<max(1, index)])
        #expect(try !shop.check(againstFile: false).isSound, "cut at \(index)")
        try shop.rewrite(lines[...])
        #expect(try shop.check().isSound)
    }

    @Test func `of another file is found out by the database`() async throws {
        let shop = try await CertifiedShop.filled()
        #expect(try shop.certify().isSound)
        let other = try CertifiedShop()
        let book = try other.open()
        try await book.submit(StockCommand(.receive(1), of: StockKey(sku: "mug", location: "north")))
        await book.close()
        try other.rewrite(try shop.lines()[...])
        #expect(try other.check(againstFile: false).isSound)
        #expect(try !other.check().isSound)
    }
}
