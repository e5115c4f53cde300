import FlashSale
import Foundation
import Histories

/// The demo's flash sale: 20,000 shoppers for 500 units in virtual time, its page, and a check of its file.
struct DemoRush {
    private static let scenarioName = "one-item"

    /// Beside the demo's own file, under its name.
    let db: String
    let page: String

    init(beside shop: String) {
        let stem = (shop as NSString).deletingPathExtension
        db = "\(stem)-rush.db"
        page = "\(stem)-rush.html"
    }

    /// Lets the crowd come, prints what became of it, and answers whether the shop sold only what it had.
    func run() throws -> Bool {
        guard !FileManager.default.fileExists(atPath: db) else {
            throw CommandFailure("\(db) exists already; the demo wants a new file")
        }
        let scenario = try ScenarioSource(shipped: Self.scenarioName).scenario()
        let shop = try VirtualShop.open(db, for: scenario)
        var rush = VirtualRush(scenario, in: shop)
        while try rush.step(limit: 50_000) {}
        shop.close()
        guard let report = rush.report() else { throw CommandFailure("the rush ended without a report") }
        try WrittenFile.write(Array(ReportPage(report).html().utf8), to: page)
        RushText(report, isBrief: true).write()
        let checked = try verify(db)
        VerifyText(checked).write()
        Output.standard.line("the report, for a browser: \(page.printable)")
        return report.check.isSound && checked.isSound
    }
}
