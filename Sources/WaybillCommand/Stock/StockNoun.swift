import ArgumentParser
import Waybill
import WaybillAPI
import WaybillCore

/// `waybill stock`: what there is, and how it comes in.
struct StockNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stock",
        abstract: "Show stock, receive it, correct it.",
        subcommands: [ShowStock.self, ListStock.self, ReceiveStock.self, AdjustStock.self, CountStock.self])
}

/// Which stock a command is about, and what is noted with it.
struct StockOptions: ParsableArguments {
    @Argument(help: "The SKU.")
    var sku: SKU

    @Option(help: "Where it lies; leave it out when there is one place.")
    var location: Location = ""

    var stock: StockKey { StockKey(sku: sku, location: location) }
}

/// What is kept with a change of stock.
struct StockChangeOptions: ParsableArguments {
    @Option(help: "Names this request: sent again with the same key, it is answered the same and done once.")
    var key: Text?

    @Option(help: "Kept with the event: a delivery note, a person, a reason.")
    var note: Text?

    /// Sends the change and shows the level after it.
    func send(_ action: StockCommand.Action, of stock: StockKey, to file: WritingOptions, isMade: Bool) async throws {
        let command = StockCommand(action, of: stock, key: key, caller: "waybill", note: note)
        let result = try await file.database.writing(isMade: isMade) { book in await book.answer(to: command) }
        switch result {
        case .success(let receipt):
            if file.json {
                var writer = JSONWriter()
                writer.beginObject()
                writer.member("accepted", true)
                writer.stock(receipt.stock)
                writer.level(receipt.level)
                writer.member("version", receipt.version)
                writer.member("repeated", receipt.isRepeat)
                writer.endObject()
                writer.print()
            } else {
                let repeated = receipt.isRepeat ? " (done before, nothing changed)" : ""
                Output.standard.line("\(receipt.stock.readable): \(receipt.level.readable)\(repeated)")
            }
        case .failure(let refusal):
            guard file.json else {
                throw CommandFailure(refused: refusal.code, refusal.message)
            }
            var writer = JSONWriter()
            writer.beginObject()
            writer.member("accepted", false)
            writer.stock(stock)
            writer.key("refusal")
            writer.refusal(refusal)
            writer.endObject()
            writer.print()
            throw ExitCode(CommandFailure.status(of: refusal.code).rawValue)
        }
    }
}

extension StockLevel {
    /// `12 free, 3 reserved, 5 sold`
    var readable: String { "\(free) free, \(reserved) reserved, \(sold) sold" }
}
