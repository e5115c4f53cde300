import Waybill
import WaybillAPI
import WaybillClient
import WaybillCore

/// Writes events as they come, each as soon as it is there.
struct TailText {
    /// Nil: of all.
    let order: OrderID?
    let isJSON: Bool

    /// An item of a stream: events are shown, and what the server says of the stream is told.
    func write(_ item: StreamedItem) throws {
        switch item.name {
        case "event": try write(try Members(item.data))
        case "gap":
            Output.error.line(
                "waybill: the file does not have the event that it was to go on after; it goes on from now")
        default: break
        }
    }

    /// An event of a list, or of an order's history.
    func write(_ event: Members) throws {
        if isJSON {
            Output.standard.write(event.bytes)
            Output.standard.line()
        } else if let order {
            try write(event, of: order)
        } else {
            switch try event.text("kind") {
            case "order":
                let order = OrderID(try event.text("order"))
                Output.standard.line(Style.cyan(order.description.printable))
                try write(event, of: order)
            case "stock":
                let note = try event.textIfAny("note").map { "  \($0)" } ?? ""
                try line(event, "\(try event.int("quantity")) \(try event.stock().readable)\(note)")
            default: try line(event, String(decoding: try event.needed("about"), as: UTF8.self))
            }
        }
        Output.standard.flush()
    }

    private func write(_ event: Members, of order: OrderID) throws {
        do throws(JSONProblem) {
            EventText(try EventDetail(reading: event.bytes, of: order)).write(isBrief: true)
        } catch {
            throw ClientFailure(.unreadable, "an event of the stream: byte \(error.offset): \(error.message)")
        }
    }

    private func line(_ event: Members, _ what: String) throws {
        let (time, type) = (try event.time("at").iso8601, try event.text("type").string)
        Output.standard.line(Style.dim("\(time)  ") + Style.bold(type.printable) + "  " + what.printable)
    }
}
