import Waybill
import WaybillCore
import WaybillEngine

/// The story of one order: its events and what was refused in between, in the order in which they happened.
struct OrderStory {
    /// What happened at one moment.
    private enum Part {
        case event(EventText)
        case refusal(RefusalView)
    }

    private let order: OrderView
    private var parts: [(at: Moment, part: Part)] = []

    init?(of id: OrderID, in book: OrderBook) throws {
        guard let order = try book.order(id) else { return nil }
        self.order = order
        for event in try book.details(of: id) ?? [] {
            parts.append((event.at, .event(EventText(event))))
        }
        for refusal in try book.refusals(of: id).reversed() {
            let index = parts.firstIndex { $0.at > refusal.at } ?? parts.endIndex
            parts.insert((refusal.at, .refusal(refusal)), at: index)
        }
    }

    func write() {
        let output = Output.standard
        output.line(headline.printable)
        for (_, part) in parts {
            output.line()
            switch part {
            case .event(let event): event.write(isBrief: true)
            case .refusal(let refusal):
                output.line(
                    Style.dim("\(refusal.at.iso8601)  ") + Style.bold(refusal.command.description.printable)
                        + Style.red("  refused"))
                Details().wrapped("why", refusal.message.string.printable)
            }
        }
    }

    private var headline: String {
        "\(order.id), placed \(order.placedAt.iso8601), now \"\(order.status)\" after "
            + counted(order.version, "event")
    }
}
