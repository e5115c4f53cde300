import ArgumentParser
import Foundation
import Histories
import Waybill
import WaybillAPI
import WaybillCore

/// `waybill restore --at-event`: orders and stocks as they were after an event.
struct RestoreCut {
    let backup: String
    let file: String
    let event: Position
    let json: Bool

    func run() async throws {
        let progress = ProgressLine()
        let cut = URL(fileURLWithPath: "\(file).cut-\(getpid())").path
        let history = cut + ".jsonl"
        defer { for name in [cut, cut + "-wal", cut + "-shm", cut + ".lock", history] { _ = unlink(name) } }
        let report: RestoreToEvent.Report
        do {
            report = try await DatabaseFile(path: backup).reading { book in
                try book.refuseBackup(at: file)
                return try RestoreToEvent(book, upTo: event).run(into: cut, history: history) { done, steps in
                    progress.show(done, of: steps, "doing again")
                }
            }
            progress.clear()
            guard report.differingCount + report.differingStockCount == 0 else { throw differences(report) }
            _ = try await DatabaseFile(path: cut).reading { book in try await book.backup(to: file) }
        } catch let failure as BackupFailure {
            progress.clear()
            throw CommandFailure(failure)
        }
        let verified = try verify(file)
        json ? write(report, verified) : say(report, verified)
        if !verified.isSound { throw ExitCode(1) }
    }

    private func differences(_ report: RestoreToEvent.Report) -> CommandFailure {
        let stocks = report.differingStocks.map { stock in
            stock.location.text.isEmpty ? "\(stock.sku)" : "\(stock.sku) at \(stock.location)"
        }
        let names = (report.differing.map { "\($0)" } + stocks).joined(separator: ", ")
        let counts = [
            (report.differingCount, counted(report.differingCount, "order")),
            (report.differingStockCount, counted(report.differingStockCount, "stock")),
        ]
        return CommandFailure(
            "\(counts.filter { $0.0 > 0 }.map(\.1).joined(separator: " and ")) would not be what they were: "
                + "\(names). No file was made. Rows of programs, or messages that no order sent, may have decided; "
                + "restore the whole backup",
            status: .negative)
    }

    private func say(_ report: RestoreToEvent.Report, _ verified: VerifyReport) {
        let output = Output.standard
        output.line(
            "\(file.printable): restored from \(backup.printable), up to event \(grouped(report.event.number))")
        let details = Details(output)
        details.line(
            "cut off",
            "\(counted(report.events, "event")): \(counted(report.orders, "order")) placed later, "
                + "\(counted(report.changedOrders, "order")) that went on, \(counted(report.messages, "message"))")
        details.wrapped(
            "not in it", "consumer groups and how far they were, messages that no order sent, tokens, keys of requests")
        for (type, count) in report.leftOut.sorted(by: { $0.key < $1.key }) {
            details.line("", "\(counted(count, "event")) \(type)".printable)
        }
        VerifyText(verified).write()
    }

    private func write(_ report: RestoreToEvent.Report, _ verified: VerifyReport) {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("file", Text(file))
        writer.member("backup", Text(backup))
        writer.member("event", Text(report.event.text))
        writer.key("cut_off")
        writer.beginObject()
        writer.member("events", Int64(report.events))
        writer.member("orders", Int64(report.orders))
        writer.member("changed_orders", Int64(report.changedOrders))
        writer.member("messages", Int64(report.messages))
        writer.endObject()
        writer.member("sound", verified.isSound)
        writer.member("digest", Text(verified.digest))
        writer.member("finding_count", Int64(verified.findingCount))
        writer.members("findings", verified.findings) { $0.finding($1) }
        writer.endObject()
        writer.print()
    }
}
