import ArgumentParser
import Foundation
import Waybill
import WaybillClient
import WaybillCore

/// Options that name an order book and say how to answer.
protocol DatabaseOptions {
    var json: Bool { get }
    var database: DatabaseFile { get }
    /// Where it is asked for.
    var place: OrderBookPlace { get }
}

/// The options of every command that asks an order book: a file, or a server that has one open.
struct FileOptions: ParsableArguments, DatabaseOptions {
    @Option(
        name: .customLong("db"),
        help: ArgumentHelp(
            "The file with the orders, or WAYBILL_DB; a server that has it open is asked through its socket.",
            valueName: "file"))
    var named: String?

    @Option(
        help: ArgumentHelp(
            "A server to ask instead: http://127.0.0.1:7070 or https://, with WAYBILL_TOKEN, or unix:PATH.",
            valueName: "url"))
    var server: String?

    @Option(help: ArgumentHelp("A file with the token for --server.", valueName: "file"))
    var tokenFile: String?

    @Flag(name: .customLong("json"), help: "Print JSON.")
    var isJSON = false

    @Option(
        name: .customShort("o"),
        help: ArgumentHelp("How it is printed: table, json, or jsonl, one object a line.", valueName: "form"))
    var form: OutputForm?

    /// Whether a program reads the answer.
    var json: Bool { isJSON || form == .json || form == .jsonl }

    func validate() throws {
        if isJSON, let form, form != .json { throw ValidationError("--json and -o \(form) do not go together.") }
        if form == .jsonl { Output.standard.writesLines() }
        if named != nil, server != nil { throw ValidationError("Give --db or --server, not both.") }
        if tokenFile != nil, server == nil { throw ValidationError("--token-file is for --server.") }
        if named == nil, server == nil, OrderBookPlace.usual == nil {
            throw ValidationError("Missing expected argument '--db <file>'")
        }
    }

    /// What messages call it.
    var db: String { place.name }
    var database: DatabaseFile { DatabaseFile(path: place.path) }

    var place: OrderBookPlace {
        server.map { .server($0, tokenFile: tokenFile) } ?? .file(named ?? OrderBookPlace.usual ?? "")
    }
}

/// The options of a command that needs the whole file, which no server may have open.
struct ClosedFileOptions: ParsableArguments {
    @Option(
        name: .customLong("db"), help: ArgumentHelp("The file with the orders, or WAYBILL_DB.", valueName: "file"))
    var named: String?

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        if named == nil, OrderBookPlace.usual == nil {
            throw ValidationError("Missing expected argument '--db <file>'")
        }
    }

    var db: String { named ?? OrderBookPlace.usual ?? "" }

    /// Refuses a file that a server has open, and says who does.
    var database: DatabaseFile {
        get throws(CommandFailure) {
            try OrderBookPlace.requireClosed(db)
            return DatabaseFile(path: db)
        }
    }
}
