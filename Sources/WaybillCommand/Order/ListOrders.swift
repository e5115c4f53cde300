import ArgumentParser
import Waybill
import WaybillAPI
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
    var after: Int64?

    func validate() throws {
        guard limit > 0 else { throw ValidationError("--limit wants a number above 0.") }
    }

    func run() async throws {
        try await file.database.reading { book in
            var filter = try filter.filter(in: book)
            if newestFirst { filter.sequence = .newestFirst }
            let page = try collect(filter, from: book)
            file.json ? write(page) : print(page)
        }
    }

    /// Looks on until there are enough: a page of the engine may be short, even empty.
    private func collect(_ filter: OrderFilter, from book: OrderBook) throws -> Page<OrderView> {
        var orders: [OrderView] = []
        var token = after.map { PageToken(number: $0) }
        repeat {
            let page = try book.orders(
                filter, asOf: upTo.moment, after: token, limit: min(limit - orders.count, 1_000))
            orders += page.elements
            token = page.next
        } while token != nil && orders.count < limit
        return Page(elements: orders, next: token)
    }

    private func print(_ page: Page<OrderView>) {
        var table = TextTable([
            .init("ORDER"), .init("STATUS"), .init("PLACED"), .init("EVENTS", isRightAligned: true), .init("WORKFLOW"),
            .init("STATES"),
        ])
        for order in page.elements {
            table.add([
                order.id.description, order.status.string, order.placedAt.iso8601, "\(order.version)",
                "\(order.workflow) \(order.workflowVersion)", order.states.map(\.string).joined(separator: " + "),
            ])
        }
        guard !table.isEmpty else { return Output.standard.line(Style.dim("no orders")) }
        table.write()
        if let next = page.next {
            Output.standard.line(Style.dim("there may be more: --after \(next.number)"))
        }
    }

    private func write(_ page: Page<OrderView>) {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("orders")
        writer.beginArray()
        for order in page.elements { writer.order(order) }
        writer.endArray()
        writer.key("next")
        if let next = page.next { writer.text(Text("\(next.number)")) } else { writer.null() }
        writer.endObject()
        writer.print()
    }
}
