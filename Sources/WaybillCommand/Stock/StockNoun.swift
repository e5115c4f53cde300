import ArgumentParser
import Waybill
import WaybillAPI
import WaybillClient
import WaybillCore

/// `waybill stock`: what there is, and how it comes in.
struct StockNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stock",
        abstract: "Show stock, receive it, correct it, move it.",
        subcommands: [
            ShowStock.self, ListStock.self, ReceiveStock.self, AdjustStock.self, CountStock.self, MoveStock.self,
        ])
}

/// Which stock a command is about, and what is noted with it.
struct StockOptions: ParsableArguments {
    @Argument(help: "The SKU.")
    var sku: SKU

    @Option(help: "Where it lies; leave it out when there is one place.")
    var location: Location?

    var stock: StockKey { StockKey(sku: sku, location: location ?? "") }
}

/// What is kept with a change of stock.
struct StockChangeOptions: ParsableArguments {
    @Option(help: "Names this request: sent again with the same key, it is answered the same and done once.")
    var key: Text?

    @Option(help: "Kept with the event: a delivery note, a person, a reason.")
    var note: Text?

    /// Sends the change and shows the level after it.
    func send(
        _ name: String, of which: StockOptions, to file: WritingOptions, isMade: Bool = false,
        _ members: (inout JSONWriter) -> Void
    ) async throws {
        let stock = which.stock
        let question = try Question(name, stock.sku.text).with("location", which.location?.text)
            .with(.idempotencyKey, key).with { writer in
                members(&writer)
                writer.member("note", ifAny: note)
            }
        try await file.acting(isMade: isMade) { client in
            do {
                show(try await client.ask(question.by(nil, on: client)).stockReceipt(), asJSON: file.json)
            } catch let refused as Refused {
                throw refused.told(of: stock, asJSON: file.json)
            }
        }
    }

    private func show(_ receipt: StockReceipt, asJSON: Bool) {
        guard asJSON else {
            let repeated = receipt.isRepeat ? " (done before, nothing changed)" : ""
            return Output.standard.line("\(receipt.stock.readable): \(receipt.level.readable)\(repeated)")
        }
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("accepted", true)
        writer.stock(receipt.stock)
        writer.level(receipt.level)
        writer.member("version", receipt.version)
        writer.member("repeated", receipt.isRepeat)
        writer.endObject()
        writer.print()
    }
}

extension Refused {
    /// How a change of stock ends that was not accepted.
    fileprivate func told(of stock: StockKey, asJSON: Bool) -> any Error {
        let failure = CommandFailure(self)
        guard asJSON, failure.status != .impossible else { return failure }
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("accepted", false)
        writer.stock(stock)
        writer.refused(self)
        writer.endObject()
        writer.print()
        return ExitCode(failure.status.rawValue)
    }
}

extension StockLevel {
    /// `12 free, 3 reserved, 5 sold`
    var readable: String { "\(free) free, \(reserved) reserved, \(sold) sold" }
}
