import ArgumentParser
import Waybill
import WaybillCore
import WaybillEngine

/// `waybill order history`: every event of an order, what was asked and what came of it.
struct OrderHistory: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "Show every event of an order: what was asked and what came of it.")

    @OptionGroup var file: FileOptions

    @Argument(help: "The order's id.")
    var id: OrderID

    @OptionGroup var upTo: MomentOptions

    func run() async throws {
        try await file.database.reading { book in
            guard let workflow = try book.engine.workflow(of: id) else { throw CommandFailure.noOrder(id, in: file.db) }
            if !file.json {
                Output.standard.line(
                    Style.bold(id.description.printable) + Style.dim("  \(workflow.name)".printable))
            }
            var writer = JSONWriter()
            writer.beginArray()
            var version: Int64 = 0
            while let events = try book.details(of: id, after: version), let last = events.last {
                for event in events where upTo.includes(event) {
                    if file.json {
                        writer.event(event)
                    } else {
                        EventText(event).write()
                    }
                }
                version = last.version
            }
            writer.endArray()
            if file.json { writer.print() }
        }
    }
}
