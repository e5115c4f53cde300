import ArgumentParser
import Waybill
import WaybillAPI
import WaybillClient
import WaybillCore

/// `waybill order history`: every event of an order, what was asked and what came of it.
struct OrderHistory: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "Show every event of an order: what was asked and what came of it.")

    @OptionGroup var file: FileOptions

    @Argument(help: "The order's id.")
    var id: OrderID

    @OptionGroup var upTo: MomentOptions

    func run() async throws {
        try await file.asking { client in
            guard let order = try await client.order(id) else { throw CommandFailure.noOrder(id, in: file.db) }
            if !file.json {
                Output.standard.line(Style.bold(id.description.printable) + Style.dim("  \(order.workflow)".printable))
            }
            var writer = JSONWriter()
            writer.beginArray()
            var cursor: Text?
            repeat {
                let page = try await client.ask(Question("orderHistory", id.text).with("cursor", cursor))
                for event in try page.events(of: id) where upTo.includes(event) {
                    if file.json { writer.event(event) } else { EventText(event).write() }
                }
                cursor = try page.textIfAny("next")
            } while cursor != nil
            writer.endArray()
            if file.json { writer.print() }
        }
    }
}
