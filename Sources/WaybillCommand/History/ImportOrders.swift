import ArgumentParser
import Histories
import Waybill

/// `waybill import orders`: anybody's history, one step per line.
struct ImportOrders: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "orders", abstract: "Import a history: JSON lines, one step each, gzipped or not.",
        discussion: """
            A line: {"at":"2026-11-21T10:00:00Z","order":"order-7","command":"pay","key":"p-1","data":{...}}. What \
            `waybill export orders` writes can be imported again and gives the same states: it says which timeouts \
            fired, and under which text each order was placed. Exit status 1 when steps were refused.

            With - the history is read from standard input. It is read twice, so it is kept in a temporary file \
            meanwhile:

              waybill export orders --db shop.db | waybill import orders - --db copy.db
            """)

    @Argument(help: ArgumentHelp("The history; -: standard input.", valueName: "jsonl"))
    var path: String

    @OptionGroup var options: ImportOptions

    @Option(
        help: ArgumentHelp(
            "The workflow of orders whose lines name none: a file, or a name. Repeated: the first; lines may name all.",
            valueName: "name"))
    var workflow: [String] = []

    func run() async throws {
        try options.requireClosed()
        let workflow = try WorkflowChoice(workflow)
        let progress = ProgressLine()
        progress.show("reading \(path)")
        let input = try InputOfCommand(path)
        defer { input.remove() }
        let source = try HistoryFile(
            input.file, named: input.name, workflow: workflow.name, mode: options.mode)
        progress.clear()
        // Lines may name any workflow that the database or this program knows.
        try await options.run(source, workflows: workflow.texts, withShipped: true)
    }
}
