import ArgumentParser
import Waybill
import WaybillAPI
import WaybillClient
import WaybillCore

/// `waybill order why`: why an order did not move.
struct WhyOrder: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why",
        abstract: "Tell why an order did not move: its last refusals, and what it waits for, or waited for then.")

    @OptionGroup var file: FileOptions

    @Argument(help: "The order's id.")
    var id: OrderID

    @OptionGroup var upTo: MomentOptions

    func run() async throws {
        try await file.asking { client in
            let reply = try await client.orderReply(id, asOf: upTo.moment)
            let order = try reply.map { try Members($0.body).order() }
            guard let why = try await client.find(Question("whyOrder", id.text).asOf(upTo.moment)) else {
                throw try await CommandFailure.absent(id, client, file: file.db)
            }
            let refusals = try why.objects("refusals").map { try $0.refusal() }
            let hold = try why.object("timeouts_held")?.hold()
            if file.json { return write(order, refusals, hold: hold, possible: why.json("possible")) }
            if let hold { Output.standard.line(hold.sentence + "\n") }
            // Refusals are kept in small number, so those of long ago may be gone.
            let areOthersKept = refusals.isEmpty ? try await hasRefusals(client) : false
            print(refusals, ifNone: areOthersKept ? "of what is kept, nothing was refused by then" : nil)
            guard let order else { return try await printAbsence(client) }
            OrderText(
                order, ways: try why.ways(), children: try await client.children(of: order, asOf: upTo.moment),
                calls: order.openOnes,
                context: try await WorkflowOnServer.context(of: order, client),
                now: try reply?.asOf ?? World.system.now()
            ).write()
        }
    }

    private func hasRefusals(_ client: Client) async throws -> Bool {
        try await !(client.find(Question("whyOrder", id.text))?.objects("refusals") ?? []).isEmpty
    }

    /// It was placed after the moment that was asked for, or never.
    private func printAbsence(_ client: Client) async throws {
        let placed = try await client.order(id)?.placedAt
        let when = placed.map { "was placed later, at \($0.iso8601)" } ?? "was never placed"
        Output.standard.line("\(id) \(when)".printable)
    }

    private func print(_ refusals: [RefusalView], ifNone: String?) {
        let output = Output.standard
        let details = Details()
        if refusals.isEmpty {
            output.line(ifNone ?? "nothing was refused")
        } else {
            output.line(Style.dim("the last refusals, the newest first"))
        }
        for refusal in refusals {
            let origin = refusal.caller.isEmpty ? "" : " from \(refusal.caller)"
            output.line(
                Style.dim("\(refusal.at.iso8601)  ") + Style.bold("\(refusal.command)\(origin)".printable) + "  "
                    + Style.red(refusal.code.string.printable))
            details.wrapped("", refusal.message.string.printable)
        }
        output.line()
    }

    private func write(_ order: OrderView?, _ refusals: [RefusalView], hold: TimeoutHold?, possible: [UInt8]?) {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("order")
        if let order { writer.order(order, calls: order.openOnes) } else { writer.null() }
        writer.key("refusals")
        writer.beginArray()
        for refusal in refusals { writer.refusal(refusal) }
        writer.endArray()
        if let possible {
            writer.key("possible")
            writer.json(possible)
        }
        if let hold {
            writer.key("timeouts_held")
            writer.hold(hold)
        }
        writer.endObject()
        writer.print()
    }
}
