import ArgumentParser
import Waybill
import WaybillCore

/// `waybill order why`: why an order did not move.
struct WhyOrder: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why", abstract: "Tell why an order did not move: its last refusals, and what it waits for.")

    @OptionGroup var file: FileOptions

    @Argument(help: "The order's id.")
    var id: OrderID

    func run() async throws {
        try await file.database.reading { book in
            let order = try book.order(id)
            let refusals = try book.refusals(of: id)
            guard order != nil || !refusals.isEmpty else { throw CommandFailure.noOrder(id, in: file.db) }
            file.json ? write(order, refusals) : print(order, refusals)
        }
    }

    private func print(_ order: OrderView?, _ refusals: [RefusalView]) {
        let output = Output.standard
        let details = Details()
        if refusals.isEmpty {
            output.line("nothing was refused")
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
        guard let order else { return output.line("\(id) was never placed".printable) }
        OrderText(order, now: World.system.now()).write()
    }

    private func write(_ order: OrderView?, _ refusals: [RefusalView]) {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("order")
        if let order { writer.order(order) } else { writer.null() }
        writer.key("refusals")
        writer.beginArray()
        for refusal in refusals { writer.refusal(refusal) }
        writer.endArray()
        writer.endObject()
        writer.print()
    }
}
