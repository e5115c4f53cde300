import ArgumentParser
import Waybill
import WaybillAPI
import WaybillCore
import WaybillEngine

/// `waybill order show`: an order now, or as it was.
struct ShowOrder: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show an order, now or as it was at a time or after an event.")

    @OptionGroup var file: FileOptions

    @Argument(help: "The order's id.")
    var id: OrderID

    @OptionGroup var upTo: MomentOptions

    func run() async throws {
        try await file.database.reading { book in
            guard let order = try book.order(id, asOf: upTo.moment) else {
                throw try CommandFailure.absent(id, in: book, file: file.db)
            }
            let calls = try book.calls(of: id) ?? []
            if file.json {
                var writer = JSONWriter()
                writer.order(
                    order, calls: upTo.moment == .now ? calls : order.openOnes,
                    isAtRest: upTo.moment == .now ? try book.isAtRest(id) : nil)
                writer.print()
            } else {
                let children = try order.children.map { id in
                    "\(id): \(try book.order(id, asOf: upTo.moment)?.status ?? "not there")".printable
                }
                OrderText(
                    order, children: children, calls: upTo.moment == .now ? calls : order.openOnes,
                    context: try book.engine.workflow(of: id)?.context,
                    now: try book.engine.time(of: upTo.moment) ?? World.system.now()
                ).write()
            }
        }
    }
}

extension OrderView {
    /// The calls that were open then: how others ended is known of now only.
    var openOnes: [CallView] {
        openCalls.map { CallView(key: $0.key, state: $0.state, deadline: $0.deadline) }
    }
}

extension CommandFailure {
    static func noOrder(_ id: OrderID, in file: String) -> CommandFailure {
        CommandFailure("there is no order \(id) in \(file)", status: .negative)
    }

    /// An order that is not there, or was not there yet.
    static func absent(_ id: OrderID, in book: OrderBook, file: String) throws -> CommandFailure {
        guard let order = try book.order(id) else { return .noOrder(id, in: file) }
        return CommandFailure("the order \(id) was placed later, at \(order.placedAt.iso8601)", status: .negative)
    }
}
