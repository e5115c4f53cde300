import ArgumentParser
import Histories
import Waybill
import WaybillCore

/// `waybill export`: what an import can take in again.
struct ExportNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write the history of a file.", subcommands: [ExportOrders.self])
}

/// `waybill export orders`: every command of every order, one per line.
struct ExportOrders: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "orders", abstract: "Print the history of all orders as JSON lines.",
        discussion: """
            One command per line, in the order in which they were accepted. Imported into a new file with `waybill \
            import orders`, they give the same states:

              waybill export orders --db shop.db | gzip > history.jsonl.gz
            """)

    @Option(
        name: .customLong("db"), help: ArgumentHelp("The file with the orders, or WAYBILL_DB.", valueName: "file"))
    var named: String?

    @Option(help: ArgumentHelp("Only what happened up to this time.", valueName: "time"), transform: Moment.argument)
    var at: Moment?

    func validate() throws {
        if named == nil, OrderBookPlace.usual == nil {
            throw ValidationError("Missing expected argument '--db <file>'")
        }
    }

    func run() async throws {
        let db = named ?? OrderBookPlace.usual ?? ""
        let progress = ProgressLine()
        // A terminal that shows the lines has no place for a bar between them.
        let isShown = !Output.standard.isTerminal
        var settings = Export.Settings()
        settings.upTo = at
        try OrderBookPlace.requireClosed(db)
        let result = try await DatabaseFile(path: db).reading { book in
            try Export(settings: settings).run(
                book,
                progress: { if isShown { progress.show($0, of: $1, "\(grouped($0)) of \(grouped($1)) events") } },
                line: { Output.standard.write($0) })
        }
        if isShown { progress.clear() }
        for (type, count) in result.leftOut.sorted(by: { $0.key < $1.key }) {
            Output.error.line("waybill: no line can say \(type): \(counted(count, "event")) left out".printable)
        }
    }
}
