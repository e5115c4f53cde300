import FlashSale
import Foundation
import Histories

/// The demo's flash sale: 20,000 shoppers for 500 units in virtual time, its page, and a check of its file.
struct DemoRush {
    private static let scenarioName = "one-item"

    /// Beside the demo's own file, under its name.
    let db: String
    let page: String
    let certificate: String

    init(beside shop: String) {
        let stem = (shop as NSString).deletingPathExtension
        db = "\(stem)-rush.db"
        page = "\(stem)-rush.html"
        certificate = "\(stem)-rush.certificate.jsonl"
    }

    /// Lets the crowd come, prints what became of it, and answers whether the shop sold only what it had.
    func run() async throws -> Bool {
        guard !FileManager.default.fileExists(atPath: db) else {
            throw CommandFailure("\(db) exists already; the demo wants a new file")
        }
        let scenario = try ScenarioSource(shipped: Self.scenarioName).scenario()
        let shop = try await VirtualShop.open(db, for: scenario, modules: .shipped)
        var rush = VirtualRush(scenario, in: shop)
        while try await rush.step(limit: 50_000) {}
        shop.close()
        guard let report = rush.report() else { throw CommandFailure("the rush ended without a report") }
        try WrittenFile.write(Array(ReportPage(report).html().utf8), to: page)
        RushText(report, isBrief: true).write()
        let isCertified = try await certify()
        Output.standard.line("the report, for a browser: \(page.printable)")
        return report.check.isSound && isCertified
    }

    /// From the movements in events alone, apart from everything that the rush has counted.
    private func certify() async throws -> Bool {
        let report = try await DatabaseFile(path: db).reading { book in
            let file = try OutputFile(path: certificate)
            let report = try Certify().run(book, line: { try file.write($0) })
            try file.close()
            return report
        }
        let verdict =
            report.isSound
            ? Style.green("nothing is oversold") : Style.red(counted(report.findings.count, "finding"))
        let checked = "\(counted(report.movements, "movement")) of \(counted(report.stocks, "stock"))"
        Output.standard.line("\(db.printable): \(verdict), by \(checked)")
        for finding in report.findings.first { Output.standard.line("   \(finding.description)".printable) }
        Output.standard.line("the certificate: \(certificate.printable)")
        return report.isSound
    }
}
