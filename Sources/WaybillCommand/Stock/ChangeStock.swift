import ArgumentParser
import WaybillAPI
import WaybillCore

/// `waybill stock receive`: units came in.
struct ReceiveStock: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "receive", abstract: "Take in units of a SKU; the file is made if there is none.")

    @OptionGroup var file: WritingOptions
    @OptionGroup var which: StockOptions

    @Argument(help: "How many came in.")
    var quantity: Int64

    @OptionGroup var change: StockChangeOptions

    func run() async throws {
        try await change.send("receiveStock", of: which, to: file, isMade: true) {
            $0.member("quantity", quantity)
        }
    }
}

/// `waybill stock adjust`: units were found or lost.
struct AdjustStock: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "adjust", abstract: "Note units that were found (--by 3) or lost (--by=-3).")

    @OptionGroup var file: WritingOptions
    @OptionGroup var which: StockOptions

    @Option(parsing: .unconditional, help: "How many more there are; below 0: how many fewer.")
    var by: Int64

    @OptionGroup var change: StockChangeOptions

    func run() async throws {
        try await change.send("adjustStock", of: which, to: file) { $0.member("by", by) }
    }
}

/// `waybill stock count`: the free units were counted.
struct CountStock: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "count", abstract: "Set the free units to what was counted.")

    @OptionGroup var file: WritingOptions
    @OptionGroup var which: StockOptions

    @Argument(help: "How many free units there are.")
    var quantity: Int64

    @Option(help: "What the book said when the count began: refused when it says something else now.")
    var expected: Int64?

    @OptionGroup var change: StockChangeOptions

    func run() async throws {
        try await change.send("countStock", of: which, to: file) { writer in
            writer.member("quantity", quantity)
            if let expected { writer.member("expected", expected) }
        }
    }
}

/// `waybill stock move`: units went to another place.
struct MoveStock: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "move", abstract: "Move free units of a SKU to another place, in one step.",
        discussion: "  waybill stock move mug 40 --location north --to south --db shop.db")

    @OptionGroup var file: WritingOptions
    @OptionGroup var which: StockOptions

    @Argument(help: "How many go.")
    var quantity: Int64

    @Option(help: "The place where they go to.")
    var to: Location

    @OptionGroup var change: StockChangeOptions

    func run() async throws {
        try await change.send("moveStock", of: which, to: file) { writer in
            writer.member("quantity", quantity)
            writer.member("to", to.text)
        }
    }
}
