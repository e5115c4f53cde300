import ArgumentParser
import Waybill

/// The options of every command that changes a file.
struct WritingOptions: ParsableArguments, DatabaseOptions {
    @OptionGroup var file: FileOptions

    @Flag(help: "Hold timeouts of orders from the opening on: `timeout release` lets them fire.")
    var holdTimeouts = false

    var db: String { file.db }
    var json: Bool { file.json }

    var database: DatabaseFile {
        var database = file.database
        if holdTimeouts { database.holds = "--hold-timeouts" }
        return database
    }
}
