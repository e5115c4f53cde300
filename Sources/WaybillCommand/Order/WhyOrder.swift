import ArgumentParser
import Waybill
import WaybillAPI
import WaybillCore
import WaybillEngine

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
        try await file.database.reading { book in
            let order = try book.order(id, asOf: upTo.moment)
            let refusals = try book.refusals(of: id, asOf: upTo.moment)
            guard order != nil || !refusals.isEmpty else {
                throw try CommandFailure.absent(id, in: book, file: file.db)
            }
            if file.json { return write(order, refusals, hold: book.timeoutHold) }
            if let hold = book.timeoutHold { Output.standard.line(hold.sentence + "\n") }
            // Refusals are kept in small number, so those of long ago may be gone.
            let areOthersKept = try refusals.isEmpty && !book.refusals(of: id).isEmpty
            print(refusals, ifNone: areOthersKept ? "of what is kept, nothing was refused by then" : nil)
            print(
                order, placed: try book.order(id)?.placedAt, context: try book.engine.workflow(of: id)?.context,
                now: try book.engine.time(of: upTo.moment) ?? World.system.now())
        }
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

    /// - Parameter placed: when it was placed, which may be after the moment that was asked for; nil: never.
    private func print(_ order: OrderView?, placed: Moment?, context: RecordType?, now: Moment) {
        if let order { return OrderText(order, calls: order.openOnes, context: context, now: now).write() }
        let when = placed.map { "was placed later, at \($0.iso8601)" } ?? "was never placed"
        Output.standard.line("\(id) \(when)".printable)
    }

    private func write(_ order: OrderView?, _ refusals: [RefusalView], hold: TimeoutHold?) {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("order")
        if let order { writer.order(order, calls: order.openOnes) } else { writer.null() }
        writer.key("refusals")
        writer.beginArray()
        for refusal in refusals { writer.refusal(refusal) }
        writer.endArray()
        if let hold {
            writer.key("timeouts_held")
            writer.hold(hold)
        }
        writer.endObject()
        writer.print()
    }
}
