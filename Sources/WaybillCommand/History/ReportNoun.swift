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

    enum Format: String, ExpressibleByArgument, CaseIterable { case csv, table }

    @OptionGroup var file: FileOptions

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

    private func print(_ report: MonthlyReport) {
        // Each figure is a row: there are more figures than months fit on a terminal.
        let months = report.months.map { TextTable.Column($0.month, isRightAligned: true) }
        var table = TextTable([.init("FIGURE")] + months)
        for (index, column) in OlistMonth.columns.enumerated() where index > 0 {
            table.add([column] + report.months.map { index < $0.cells.count ? $0.cells[index] : "" })
        }
        table.write()
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
