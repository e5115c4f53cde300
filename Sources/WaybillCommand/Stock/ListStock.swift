import ArgumentParser
import Waybill
import WaybillAPI
import WaybillClient
import WaybillCore

/// `waybill stock list`: every stock, by SKU and location.
struct ListStock: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the stocks by SKU and location.")

    @OptionGroup var file: FileOptions

    @Option(help: "How many at most.")
    var limit = 1_000

    @Option(help: ArgumentHelp("Only SKUs that begin with this.", valueName: "text"))
    var prefix: String?

    func validate() throws {
        guard limit > 0 else { throw ValidationError("--limit wants a number above 0.") }
    }

    func run() async throws {
        try await file.asking { client in
            let question = try Question("listStock").with("prefix", prefix.map { Text($0) })
            let stocks = try await client.list(question, atMost: limit) { members in
                (key: try members.stock(), level: try members.level())
            }
            file.json ? write(stocks) : print(stocks)
        }
    }

    private func print(_ stocks: [(key: StockKey, level: StockLevel)]) {
        guard !stocks.isEmpty else { return Output.standard.line(Style.dim("no stock")) }
        let hasLocations = stocks.contains { !$0.key.location.text.isEmpty }
        var columns: [TextTable.Column] = [.init("SKU")]
        if hasLocations { columns.append(.init("LOCATION")) }
        columns += ["FREE", "RESERVED", "SOLD", "RECEIVED", "ADJUSTED"].map { .init($0, isRightAligned: true) }
        var table = TextTable(columns)
        for (key, level) in stocks {
            let amounts = [level.free, level.reserved, level.sold, level.received, level.adjusted].map { "\($0)" }
            table.add([key.sku.description] + (hasLocations ? [key.location.description] : []) + amounts)
        }
        table.write()
    }

    private func write(_ stocks: [(key: StockKey, level: StockLevel)]) {
        var writer = JSONWriter()
        writer.beginArray()
        for (key, level) in stocks {
            writer.beginObject()
            writer.stock(key)
            writer.level(level)
            writer.endObject()
        }
        writer.endArray()
        writer.print()
    }
}
