import ArgumentParser
import Waybill
import WaybillAPI
import WaybillClient
import WaybillCore

/// `waybill order list`: a page of orders in the order in which they were placed.
struct ListOrders: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List orders in the order in which they were placed, now or as they were.")

    @OptionGroup var file: FileOptions
    @OptionGroup var filter: FilterOptions
    @OptionGroup var upTo: MomentOptions

    @Flag(help: "Begin with the order that was placed last.")
    var newestFirst = false

    @Option(help: "How many at most.")
    var limit = 50

    @Option(help: ArgumentHelp("Go on where an earlier list ended.", valueName: "token"))
    var after: Text?

    func validate() throws {
        guard limit > 0 else { throw ValidationError("--limit wants a number above 0.") }
    }

    func run() async throws {
        try await file.asking { client in
            let question = try filter.applied(to: Question("listOrders")).asOf(upTo.moment)
            let (orders, next) = try await collect(question.with("order", newestFirst ? "newest" : nil), client)
            file.json ? write(orders, next: next) : print(orders, next: next)
        }
    }

    /// Looks on until there are enough: a page may be short, even empty.
    private func collect(_ question: Question, _ client: Client) async throws -> (orders: [OrderView], next: Text?) {
        var orders: [OrderView] = []
        var cursor = after
        repeat {
            let page = try await client.ask(
                question.with("limit", min(limit - orders.count, Client.pageMax)).with("cursor", cursor))
            orders += try page.objects("items").map { try $0.order() }
            cursor = try page.textIfAny("next")
        } while cursor != nil && orders.count < limit
        return (orders, cursor)
    }

    private func print(_ orders: [OrderView], next: Text?) {
        var table = TextTable([
            .init("ORDER"), .init("STATUS"), .init("PLACED"), .init("EVENTS", isRightAligned: true), .init("WORKFLOW"),
            .init("STATES"),
        ])
        for order in orders {
            table.add([
                order.id.description, order.status.string, order.placedAt.iso8601, "\(order.version)",
                "\(order.workflow) \(order.workflowVersion)", order.states.map(\.string).joined(separator: " + "),
            ])
        }
        guard !table.isEmpty else { return Output.standard.line(Style.dim("no orders")) }
        table.write()
        if let next { Output.standard.line(Style.dim("there may be more: --after \(next)")) }
    }

    private func write(_ orders: [OrderView], next: Text?) {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("orders")
        writer.beginArray()
        for order in orders { writer.order(order) }
        writer.endArray()
        writer.key("next")
        if let next { writer.text(next) } else { writer.null() }
        writer.endObject()
        writer.print()
    }
}
