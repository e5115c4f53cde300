import ArgumentParser
import Foundation
import Histories
import Waybill
import WaybillAPI
import WaybillCore

/// `waybill certify`: proof that nothing was oversold.
struct CertifyNoun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "certify",
        abstract: "Prove from the movements in events that nothing was oversold; exit status 1 if something was.",
        discussion: """
            At every event: received + adjusted = free + reserved + sold, each 0 or more, for every SKU at every \
            location; no order ever gives back more than it holds, what orders hold sums to the stock, and no order \
            keeps units reserved after a lost timeout. The certificate holds every step, chained by SHA-256, so that \
            it can be checked without this program.

              waybill certify --db shop.db --sku mug --out mug.certificate.jsonl
            """)

    @OptionGroup var file: ClosedFileOptions

    @Option(help: "Only this SKU, at all its locations; may be repeated.")
    var sku: [SKU] = []

    @Option(help: ArgumentHelp("Write the certificate there, as JSON lines.", valueName: "file"))
    var out: String?

    @Option(help: ArgumentHelp("The command by which workflows take payments.", valueName: "command"))
    var payment: EventName = "pay"

    func run() async throws {
        try refuseOwnFile()
        var settings = Certify.Settings()
        settings.skus = sku.isEmpty ? nil : Set(sku)
        settings.payment = payment
        let progress = ProgressLine()
        let report = try await file.database.reading { book in
            let certificate = try out.map { try OutputFile(path: $0) }
            let report = try Certify(settings: settings).run(
                book, progress: { progress.show($0, of: $1, "certifying") }, line: { try certificate?.write($0) })
            try certificate?.close()
            return report
        }
        progress.clear()
        if let missing = sku.first(where: { sku in !report.shown.contains { $0.key.sku == sku } }),
            report.stocks == report.shown.count
        {
            throw CommandFailure("there is no stock of \(missing) in \(file.db)", status: .negative)
                .refusing("unknown_stock")
        }
        file.json ? write(report) : print(report)
        if !report.isSound { throw ExitCode(1) }
    }

    /// A certificate in place of the file that it is about would be the end of both.
    private func refuseOwnFile() throws(CommandFailure) {
        guard let out else { return }
        let real = { (path: String) in URL(fileURLWithPath: path).resolvingSymlinksInPath().path }
        let taken = ["", "-wal", "-shm", ".lock"].map { real(file.db + $0) }
        guard !taken.contains(real(out)) else {
            throw CommandFailure("--out names the database itself; choose another file for the certificate")
        }
    }

    private func print(_ report: CertificateReport) {
        let output = Output.standard
        let verdict =
            report.isSound
            ? Style.green("nothing is oversold") : Style.red(counted(report.findings.count, "finding"))
        output.line("\(file.db.printable): " + verdict)
        for finding in report.findings.first { output.line("   \(finding.description)".printable) }
        let rest = report.findings.count - report.findings.first.count
        if rest > 0 { output.line("   ... and \(grouped(rest)) more") }
        output.line()
        print(report.shown)
        let details = Details(output)
        let hidden = report.stocks - report.shown.count
        if hidden > 0 { details.line("", "... and \(counted(hidden, "stock")) more") }
        output.line()
        details.line(
            "checked",
            "\(counted(report.movements, "movement")) of \(counted(report.stocks, "stock")) in "
                + "\(counted(report.events, "event")); \(counted(report.holders, "order")) hold something")
        details.line("chain", report.chain)
        if let out { details.line("written", "\(out), \(counted(report.lines, "line"))".printable) }
    }

    private func print(_ stocks: [CertificateReport.Stock]) {
        var table = TextTable(
            [.init("STOCK")]
                + ["RECEIVED", "ADJUSTED", "FREE", "RESERVED", "SOLD", "ORDERS", "PAYMENTS"].map {
                    .init($0, isRightAligned: true)
                })
        for stock in stocks {
            let level = stock.level
            let numbers = [
                level.received, level.adjusted, level.free, level.reserved, level.sold, stock.orders, stock.payments,
            ]
            table.add([stock.key.readable] + numbers.map { grouped($0) })
        }
        if !table.isEmpty { table.write() }
    }

    private func write(_ report: CertificateReport) {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("file", Text(file.db))
        writer.member("sound", report.isSound)
        writer.member("events", Int64(report.events))
        writer.member("movements", Int64(report.movements))
        writer.member("stocks", Int64(report.stocks))
        writer.member("orders", Int64(report.holders))
        writer.members("shown", report.shown) { writer, stock in
            writer.beginObject()
            writer.stock(stock.key)
            writer.level(stock.level)
            writer.member("orders", stock.orders)
            writer.member("payments", stock.payments)
            writer.endObject()
        }
        writer.member("lines", Int64(report.lines))
        writer.member("chain", Text(report.chain))
        writer.member("finding_count", Int64(report.findings.count))
        writer.members("findings", report.findings.first) { $0.finding($1) }
        writer.endObject()
        writer.print()
    }
}
