import ArgumentParser
import Waybill
import WaybillAPI
import WaybillClient
import WaybillCore

/// `waybill order show`: an order now, or as it was.
struct ShowOrder: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show an order, now or as it was at a time or after an event.")

    @OptionGroup var file: FileOptions

    @Argument(help: "The order's id.")
    var id: OrderID

    @OptionGroup var upTo: MomentOptions

    func run() async throws {
        try await file.asking { client in
            let reply = try await client.orderReply(id, asOf: upTo.moment)
            guard let reply else { throw try await CommandFailure.absent(id, client, file: file.db) }
            let members = try Members(reply.body)
            let (order, calls) = (try members.order(), try members.calls())
            guard !file.json else {
                var writer = JSONWriter()
                writer.order(order, calls: calls, isAtRest: try members.boolIfAny("at_rest"))
                return writer.print()
            }
            OrderText(
                order, ways: try await client.ways(of: id, asOf: upTo.moment),
                children: try await client.children(of: order, asOf: upTo.moment), calls: calls,
                context: try await WorkflowOnServer.context(of: order, client), now: try reply.asOf
            ).write()
        }
    }
}

extension Client {
    /// The answer about an order, with the time that it is of; nil: there is none, or was none then.
    func orderReply(_ id: OrderID, asOf moment: AsOf) async throws -> Reply? {
        do {
            return try await reply(to: Question("showOrder", id.text).asOf(moment))
        } catch let refused as Refused where refused.status == 404 {
            return nil
        }
    }

    /// The ways that commands may take in an order, now or then.
    func ways(of id: OrderID, asOf moment: AsOf) async throws -> [OrderWay] {
        try await find(Question("whyOrder", id.text).asOf(moment))?.ways() ?? []
    }

    /// The child orders of an order, each with its status.
    func children(of order: OrderView, asOf moment: AsOf) async throws -> [String] {
        var children: [String] = []
        for id in order.children {
            let child = try await self.order(id, asOf: moment)
            children.append("\(id): \(child?.status ?? "not there")".printable)
        }
        return children
    }

    /// An order; nil: there is none, or was none then.
    func order(_ id: OrderID, asOf moment: AsOf = .now) async throws -> OrderView? {
        try await orderReply(id, asOf: moment).map { try Members($0.body).order() }
    }
}

extension Reply {
    /// The time that a look into the past is of, or now.
    var asOf: Moment {
        get throws {
            let header = headers.first { $0.name == AsOfParameter.header }
            return try header.map { try Moment(read: Text($0.value)) } ?? World.system.now()
        }
    }
}

extension CommandFailure {
    static func noOrder(_ id: OrderID, in file: String) -> CommandFailure {
        noOrder("there is no order \(id) in \(file)")
    }

    private static func noOrder(_ sentence: String) -> CommandFailure {
        CommandFailure(sentence, status: .negative).refusing("unknown_order")
    }

    /// An order that is not there, or was not there yet.
    static func absent(_ id: OrderID, _ client: Client, file: String) async throws -> CommandFailure {
        guard let order = try await client.order(id) else { return .noOrder(id, in: file) }
        return noOrder("the order \(id) was placed later, at \(order.placedAt.iso8601)")
    }
}
