import ArgumentParser
import Waybill

/// The options of every command that changes an order book.
struct WritingOptions: ParsableArguments, DatabaseOptions {
    @OptionGroup var file: FileOptions

    @Flag(help: "Of a closed file: hold timeouts of orders from the opening on: `timeout release` lets them fire.")
    var holdTimeouts = false

    var db: String { file.db }
    var json: Bool { file.json }
    var place: OrderBookPlace { file.place }

    var database: DatabaseFile {
        var database = file.database
        if holdTimeouts { database.holds = "--hold-timeouts" }
        return database
    }
}
