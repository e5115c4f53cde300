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
        try ListLimit.check(limit)
    }

    func run() async throws {
        try await file.asking { client in
            let question = try filter.applied(to: Question("listOrders")).asOf(upTo.moment)
                .with("order", newestFirst ? "newest" : nil)
            var list = ListOutput(
                [
                    .init("ORDER"), .init("STATUS"), .init("PLACED"), .init("EVENTS", isRightAligned: true),
                    .init("WORKFLOW"), .init("STATES"),
                ], asJSON: file.json, member: "orders")
            let (next, unknown) = try await write(question, client, to: &list)
            for name in unknown where !file.json || Output.standard.areLines {
                Output.error.line("waybill: \(name.sentence.printable)")
            }
            list.end(orSay: "no orders") { writer in
                writer.key("next")
                if let next { writer.text(next) } else { writer.null() }
                if !unknown.isEmpty { writer.members("unknown", unknown) { $0.json($1.bytes) } }
            }
            if Output.standard.areLines, let next {
                Output.error.line("waybill: there may be more: --after \(next)")
            } else if !file.json, list.count > 0, let next {
                Output.standard.line(Style.dim("there may be more: --after \(next)"))
            }
        }
    }

    /// Looks on until there are enough: a page may be short, even empty.
    private func write(
        _ question: Question, _ client: Client, to list: inout ListOutput
    ) async throws -> (next: Text?, unknown: [UnknownName]) {
        var unknown: [UnknownName] = []
        var cursor = after
        repeat {
            let page = try await client.ask(
                question.with("limit", min(limit - list.count, Client.pageMax)).with("cursor", cursor))
            for item in try page.objects("items") {
                let order = try item.order()
                list.add(
                    row: [
                        order.id.description, order.status.string, order.placedAt.iso8601, "\(order.version)",
                        "\(order.workflow) \(order.workflowVersion)",
                        order.states.map(\.string).joined(separator: " + "),
                    ]) { $0.order(order) }
            }
            unknown += try page.unknownNames()
            cursor = try page.textIfAny("next")
        } while cursor != nil && list.count < limit
        return (cursor, unknown)
    }
}
