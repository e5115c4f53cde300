import ArgumentParser
import Waybill
import WaybillCore

/// `waybill stock show`: the level of one stock.
struct ShowStock: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Show the level of one stock.")

    @OptionGroup var file: FileOptions
    @OptionGroup var which: StockOptions

    func run() async throws {
        let stock = which.stock
        try await file.database.reading { book in
            guard let level = try book.stock(stock) else {
                throw CommandFailure(
                    "there has never been any \(stock.readable) in \(file.db); see `waybill stock list`",
                    status: .negative)
            }
            guard file.json else {
                Output.standard.line(Style.bold(stock.readable) + "  " + level.readable)
                return Details().line("sum", "\(level.received) received, \(level.adjusted) adjusted")
            }
            var writer = JSONWriter()
            writer.beginObject()
            writer.stock(stock)
            writer.level(level)
            writer.endObject()
            writer.print()
        }
    }
}
