import ArgumentParser
import Waybill
import WaybillAPI
import WaybillClient
import WaybillCore

/// `waybill stock show`: the level of one stock.
struct ShowStock: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Show the level of one stock.")

    @OptionGroup var file: FileOptions
    @OptionGroup var which: StockOptions

    func run() async throws {
        let stock = which.stock
        try await file.asking { client in
            let question = try Question("showStock", stock.sku.text).with("location", stock.location.text)
            guard let level = try await client.find(question)?.level() else {
                throw try await absent(stock, client).refusing("unknown_stock")
            }
            guard file.json else {
                Output.standard.line(Style.bold(stock.readable) + "  " + level.readable)
                let details = Details()
                if let limit = level.purchaseLimit { details.line("limit", "\(limit) for one buyer; no goods") }
                return details.line("sum", "\(level.received) received, \(level.adjusted) adjusted")
            }
            var writer = JSONWriter()
            writer.beginObject()
            writer.stock(stock)
            writer.level(level)
            writer.endObject()
            writer.print()
        }
    }

    private func absent(_ stock: StockKey, _ client: Client) async throws -> CommandFailure {
        let question = try Question("listStock").with("prefix", stock.sku.text).with("limit", 1)
        let next = try await client.ask(question).objects("items").first?.stock()
        if stock.location.text.isEmpty, let next, next.sku == stock.sku {
            return CommandFailure(
                "\(stock.sku) lies at locations in \(file.db), \(next.location) is one; name it by --location",
                status: .negative
            ).refusing("unknown_stock")
        }
        return CommandFailure(
            "there has never been any \(stock.readable) in \(file.db); see `waybill stock list`", status: .negative
        ).refusing("unknown_stock")
    }
}
