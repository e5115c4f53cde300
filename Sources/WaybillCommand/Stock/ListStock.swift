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

    @Option(help: "Only goods, or only purchase limits: what each buyer may have.")
    var kind: StockFilter.Kind?

    func validate() throws {
        try ListLimit.check(limit)
    }

    func run() async throws {
        try await file.asking { client in
            let question = try Question("listStock").with("prefix", prefix.map { Text($0) })
                .with("kind", kind.map { Text($0.rawValue) })
            var list = StockList(asJSON: file.json)
            try await client.each(question, atMost: limit) { members in
                list.add(try members.stock(), try members.level())
                return true
            }
            list.end()
        }
    }
}

/// A list of stocks, with the columns that its stocks need.
private struct StockList {
    private typealias Stock = (key: StockKey, level: StockLevel)

    private struct Shape: Equatable {
        var hasLocations = false
        var hasLimits = false
    }

    private let isJSON: Bool
    private var shape = Shape()
    private var output: ListOutput?
    /// What is not written yet: its columns are not known.
    private var page: [Stock] = []

    init(asJSON: Bool) { isJSON = asJSON }

    mutating func add(_ key: StockKey, _ level: StockLevel) {
        page.append((key, level))
        if page.count == Client.pageMax { writePage() }
    }

    mutating func end() {
        writePage()
        output?.end(orSay: "no stock")
    }

    /// Writes what has come. Stocks that need more columns than those before them begin another table.
    private mutating func writePage() {
        let needed = Shape(
            hasLocations: shape.hasLocations || page.contains { !$0.key.location.text.isEmpty },
            hasLimits: shape.hasLimits || page.contains { $0.level.purchaseLimit != nil })
        if needed != shape, !isJSON {
            if output != nil { output?.end(orSay: "") }
            output = nil
        }
        shape = needed
        var output = output ?? ListOutput(columns, asJSON: isJSON)
        for (key, level) in page {
            output.add(row: row(key, level)) { writer in
                writer.beginObject()
                writer.stock(key)
                writer.level(level)
                writer.endObject()
            }
        }
        page.removeAll(keepingCapacity: true)
        self.output = output
    }

    private var columns: [TextTable.Column] {
        let amounts = ["FREE", "RESERVED", "SOLD", "RECEIVED", "ADJUSTED"] + (shape.hasLimits ? ["LIMIT"] : [])
        return [.init("SKU")] + (shape.hasLocations ? [.init("LOCATION")] : [])
            + amounts.map { .init($0, isRightAligned: true) }
    }

    private func row(_ key: StockKey, _ level: StockLevel) -> [String] {
        let amounts = [level.free, level.reserved, level.sold, level.received, level.adjusted].map { "\($0)" }
        return [key.sku.description] + (shape.hasLocations ? [key.location.description] : []) + amounts
            + (shape.hasLimits ? [level.purchaseLimit.map { "\($0)" } ?? "-"] : [])
    }
}
