import ArgumentParser
import Waybill
import WaybillAPI
import WaybillClient
import WaybillCore

/// `waybill timeout list`: what is pending.
struct ListTimeouts: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List pending timeouts, order by order.")

    /// A timeout with the order that waits for it.
    private struct Pending {
        let order: OrderView
        let timeout: OrderView.Pending
    }

    @OptionGroup var file: FileOptions

    @Argument(help: "One order's id; without it, every order that the filter finds.")
    var id: OrderID?

    @OptionGroup var filter: FilterOptions

    @Option(help: "Only timeouts with this name.")
    var name: TimeoutName?

    @Option(help: "How many at most.")
    var limit = 50

    func validate() throws {
        guard limit > 0 else { throw ValidationError("--limit wants a number above 0.") }
        if id != nil, !filter.isEmpty { throw ValidationError("Give an order's id or a filter, not both.") }
    }

    func run() async throws {
        try await file.asking { client in
            let pending = try await collect(client)
            if let hold = try await client.hold() { Output.error.line("waybill: \(hold.sentence)") }
            file.json ? write(pending) : print(pending)
        }
    }

    private func collect(_ client: Client) async throws -> [Pending] {
        if let id {
            guard let order = try await client.order(id) else { throw CommandFailure.noOrder(id, in: file.db) }
            return Array(timeouts(of: order).prefix(limit))
        }
        let question = try filter.applied(to: Question("listOrders")).with("limit", Client.pageMax)
        var found: [Pending] = []
        var cursor: Text?
        repeat {
            let page = try await client.ask(question.with("cursor", cursor))
            for order in try page.objects("items") { found += timeouts(of: try order.order()) }
            cursor = try page.textIfAny("next")
        } while cursor != nil && found.count < limit
        return Array(found.prefix(limit))
    }

    private func timeouts(of order: OrderView) -> [Pending] {
        order.timeouts.filter { name == nil || $0.name == name }.map { Pending(order: order, timeout: $0) }
    }

    private func print(_ pending: [Pending]) {
        var table = TextTable([.init("ORDER"), .init("TIMEOUT"), .init("DUE"), .init("IN"), .init("STATUS")])
        let now = World.system.now()
        for each in pending {
            let due = each.timeout.due
            table.add([
                each.order.id.description, each.timeout.name.description, due.iso8601,
                due < now ? "due" : due.since(now).rounded.text, each.order.status.string,
            ])
        }
        guard !table.isEmpty else { return Output.standard.line(Style.dim("nothing is pending")) }
        table.write()
        if pending.count == limit { Output.standard.line(Style.dim("there may be more: --limit \(limit * 10)")) }
    }

    private func write(_ pending: [Pending]) {
        var writer = JSONWriter()
        writer.beginArray()
        for each in pending {
            writer.beginObject()
            writer.member("order", each.order.id.text)
            writer.member("name", each.timeout.name.text)
            writer.member("due", each.timeout.due)
            writer.member("status", each.order.status)
            writer.endObject()
        }
        writer.endArray()
        writer.print()
    }
}
