import ArgumentParser
import Waybill
import WaybillAPI
import WaybillClient
import WaybillCore

/// `waybill timeout list`: what is pending.
struct ListTimeouts: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List pending timeouts, order by order.")

    @OptionGroup var file: FileOptions

    @Argument(help: "One order's id; without it, every order that the filter finds.")
    var id: OrderID?

    @OptionGroup var filter: FilterOptions

    @Option(help: "Only timeouts with this name.")
    var name: TimeoutName?

    @Option(help: "How many at most.")
    var limit = 50

    func validate() throws {
        try ListLimit.check(limit)
        if id != nil, !filter.isEmpty { throw ValidationError("Give an order's id or a filter, not both.") }
    }

    func run() async throws {
        try await file.asking { client in
            if let hold = try await client.hold() { Output.error.line("waybill: \(hold.sentence)") }
            var list = ListOutput(
                [.init("ORDER"), .init("TIMEOUT"), .init("DUE"), .init("IN"), .init("STATUS")], asJSON: file.json)
            try await write(client, to: &list)
            list.end(orSay: "nothing is pending")
            if !file.json, list.count == limit {
                Output.standard.line(Style.dim("there may be more: --limit \(ListLimit.more(than: limit))"))
            }
        }
    }

    private func write(_ client: Client, to list: inout ListOutput) async throws {
        if let id {
            guard let order = try await client.order(id) else { throw CommandFailure.noOrder(id, in: file.db) }
            return add(order, to: &list)
        }
        let question = try filter.applied(to: Question("listOrders")).with("limit", Client.pageMax)
        var cursor: Text?
        repeat {
            let page = try await client.ask(question.with("cursor", cursor))
            try page.unknownNames().tell()
            for order in try page.objects("items") { add(try order.order(), to: &list) }
            cursor = try page.textIfAny("next")
        } while cursor != nil && list.count < limit
        if list.count == 0, let name {
            // The list of timeouts knows which names there are.
            let page = try await client.ask(Question("listTimeouts").with("name", name.text).with("limit", 1))
            try page.unknownNames().tell()
        }
    }

    private func add(_ order: OrderView, to list: inout ListOutput) {
        let now = World.system.now()
        for timeout in order.timeouts where (name == nil || timeout.name == name) && list.count < limit {
            let due = timeout.due
            list.add(
                row: [
                    order.id.description, timeout.name.description, due.iso8601,
                    due < now ? "due" : due.since(now).rounded.text, order.status.string,
                ]
            ) { writer in
                writer.beginObject()
                writer.member("order", order.id.text)
                writer.member("name", timeout.name.text)
                writer.member("due", due)
                writer.member("status", order.status)
                writer.endObject()
            }
        }
    }
}
