import ArgumentParser
import Histories
import Waybill

/// `waybill import olist`: the public Olist set, as the workflow olist-order.
struct ImportOlist: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "olist", abstract: "Import the CSV files of the Olist set, gzipped or not.",
        discussion: """
            Reads orders, order_items and order_payments from a directory and sends each step of each order through \
            the workflow olist-order, in order of time. Stopped and started again, it goes on where it stopped; run \
            twice, it changes nothing.
            """)

    @Argument(help: "The directory with the CSV files.")
    var directory: String

    @OptionGroup var options: ImportOptions

    func run() async throws {
        try options.requireClosed()
        let progress = ProgressLine()
        progress.show("reading \(directory)")
        let source = try OlistReader(directory: directory, mode: options.mode)
        progress.clear()
        let workflow = try WorkflowChoice(OlistReader.workflow.description)
        try await options.run(source, workflows: workflow.texts)
    }
}
