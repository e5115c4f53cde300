import ArgumentParser
import Histories
import Waybill
import WaybillCore

/// `waybill report`: figures over all orders of a file.
struct ReportNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Figures over all orders of a file.", subcommands: [ReportByMonth.self])
}

/// `waybill report by-month`: imported Olist orders by the month of their purchase.
struct ReportByMonth: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "by-month", abstract: "Orders of the workflow olist-order by the month of their purchase.")

    /// How the figures are written.
    enum Format: String, ExpressibleByArgument, CaseIterable { case csv, table }

    @OptionGroup var file: ClosedFileOptions

    @Option(help: "csv for programs, table for people.")
    var format = Format.csv

    func run() async throws {
        let progress = ProgressLine()
        let report = try await file.database.reading { book in
            try MonthlyReport(book) { progress.show("\(grouped($0)) orders read") }
        }
        progress.clear()
        if file.json { return write(report) }
        switch format {
        case .csv: Output.standard.write(report.csv)
        case .table: print(report)
        }
    }

    /// Each figure is a row, each month a column; a terminal gets as many months at a time as it has room for.
    private func print(_ report: MonthlyReport) {
        let output = Output.standard
        let monthsMax = output.isTerminal ? max(1, (output.columns - 20) / 11) : max(1, report.months.count)
        for start in stride(from: 0, to: report.months.count, by: monthsMax) {
            let months = report.months[start..<min(start + monthsMax, report.months.count)]
            if start > 0 { output.line() }
            var table = TextTable([.init("FIGURE")] + months.map { .init($0.month, isRightAligned: true) })
            for (index, column) in OlistMonth.columns.enumerated() where index > 0 {
                table.add([column] + months.map { index < $0.cells.count ? $0.cells[index] : "" })
            }
            table.write()
        }
    }

    private func write(_ report: MonthlyReport) {
        var writer = JSONWriter()
        writer.beginArray()
        for month in report.months {
            writer.beginObject()
            for (column, cell) in zip(OlistMonth.columns, month.cells) {
                writer.key(named: Text(column))
                if let number = Int64(cell) { writer.int(number) } else { writer.text(Text(cell)) }
            }
            writer.endObject()
        }
        writer.endArray()
        writer.print()
    }
}
