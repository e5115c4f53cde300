import ArgumentParser
import Waybill
import WaybillAPI
import WaybillCore
import WaybillEngine

/// `waybill stock show`: the level of one stock.
struct ShowStock: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Show the level of one stock.")

    @OptionGroup var file: FileOptions
    @OptionGroup var which: StockOptions

    func run() async throws {
        let stock = which.stock
        try await file.database.reading { book in
            guard let level = try book.stock(stock) else { throw try absent(stock, in: book) }
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

    private func absent(_ stock: StockKey, in book: OrderBook) throws -> CommandFailure {
        let next = try book.engine.stocks(after: stock, limit: 1).first?.key
        if stock.location.text.isEmpty, let next, next.sku == stock.sku {
            return CommandFailure(
                "\(stock.sku) lies at locations in \(file.db), \(next.location) is one; name it by --location",
                status: .negative)
        }
        return CommandFailure(
            "there has never been any \(stock.readable) in \(file.db); see `waybill stock list`", status: .negative)
    }
}
