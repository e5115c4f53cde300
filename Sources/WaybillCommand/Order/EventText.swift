import Waybill
import WaybillAPI
import WaybillCore

/// An event of an order as a paragraph for people: what was asked, and what came of it.
struct EventText {
    private let event: EventDetail

    init(_ event: EventDetail) { self.event = event }

    /// - Parameter isBrief: in few lines, without what was set in the order's data.
    func write(isBrief: Bool = false, to output: Output = .standard) {
        let details = Details(output)
        output.line(title(on: output, isBrief: isBrief))
        if let asked = event.asked {
            if isBrief {
                let data = String(decoding: asked, as: UTF8.self).printable
                details.line("asked", Style.dim(data.truncated(toColumns: output.columns - 14), on: output))
            } else {
                details.json("asked", asked)
            }
        }
        if !isBrief { details.lines("facts", event.facts.map(readable)) }
        if let status = event.status {
            details.line("status", Style.green(status.string.printable, on: output))
        }
        let entered = event.entered.map(\.string.printable)
        if !entered.isEmpty { details.line("entered", Style.cyan(entered.joined(separator: " + "), on: output)) }
        if !isBrief { details.lines("set", event.set.map(readable)) }
        details.wrapped("stock", stock)
        details.wrapped("timeouts", timeouts.joined(separator: ", "))
        details.wrapped("calls", calls.joined(separator: ", ").printable)
        details.wrapped("tells", event.tells.map(readable).joined(separator: ", ").printable)
        details.wrapped("messages", messages.joined(separator: ", "))
    }

    private var calls: [String] {
        let made = event.calls.map { "\($0.call.number) to \($0.topic), until \($0.deadline.iso8601)" }
        return made + event.answered.map { "\($0.call.number) is \($0.result)" }
            + event.unanswered.map { "\($0.number) is unanswered and stays open" }
    }

    private func readable(_ tell: EventDetail.Tell) -> String {
        switch tell {
        case .parent(let command): "\(command) to the parent"
        case .child(let id, let command): "\(command) to \(shortened(id))"
        case .spawned(let id, let workflow): "a new \(workflow), \(shortened(id))"
        }
    }

    /// A child's id within its order.
    private func shortened(_ child: OrderID) -> String {
        let (prefix, id) = ("\(event.order)/", child.description)
        return id.hasPrefix(prefix) ? String(id.dropFirst(prefix.count)) : id
    }

    /// `reserve 2 mug, 1 tea at berlin; confirm 2 mug, 1 tea at berlin`
    private var stock: String {
        var groups: [(verb: Text, lines: [String])] = []
        for movement in event.stock {
            let line = "\(movement.quantity) \(movement.stock.readable)"
            if groups.last?.verb == movement.verb {
                groups[groups.count - 1].lines.append(line)
            } else {
                groups.append((movement.verb, [line]))
            }
        }
        return groups.map { group in
            "\(group.verb.string.replacing("_", with: " ")) \(group.lines.joined(separator: ", "))"
        }.joined(separator: "; ")
    }

    private var timeouts: [String] {
        let armed = event.armed.map { "\($0.name) in \($0.due.since(event.at).text), at \($0.due.iso8601)" }
        return (armed + event.cancelled.map { "\($0) stopped" }).map(\.printable)
    }

    private var messages: [String] {
        event.messages.map { message in
            let name = message.tag.map { "\(message.topic):\($0)" } ?? "\(message.topic)"
            return (message.isHalf ? "\(name) (half)" : name).printable
        }
    }

    private var name: String {
        if let call = event.expired?.number {
            return event.unanswered.isEmpty ? "call \(call) expires" : "call \(call) is not answered in time"
        }
        guard let timeout = event.timeout else { return event.type.description }
        switch event.type {
        case "$timeout": return "\(timeout) fires"
        case "$reschedule": return "\(timeout) is moved"
        case "$cancel": return "\(timeout) is cancelled"
        case let type: return "\(type) \(timeout)"
        }
    }

    private func title(on output: Output, isBrief: Bool) -> String {
        var origin: [String] = []
        if let role = event.role { origin.append("by \(role)") }
        if !event.caller.isEmpty, !isBrief { origin.append("from \(event.caller)") }
        if let key = event.key { origin.append("key \(key)") }
        if let cause = event.cause, !isBrief { origin.append("because of event \(cause.number)") }
        return Style.dim("\(event.at.iso8601)  ", on: output) + Style.bold(name.printable, on: output)
            + (isBrief ? "" : Style.dim("  version \(event.version), event \(event.position.number)", on: output))
            + (origin.isEmpty ? "" : "  " + origin.joined(separator: ", ").printable)
    }

    private func readable(_ fact: EventDetail.Fact) -> String {
        switch fact {
        case .available(let opened): opened == 0 ? "stock: all there" : "stock: all there, \(opened) quotas opened"
        case .short(let line, let free): "stock: line \(line) was short, \(free) free"
        }
    }

    private func readable(_ change: EventDetail.Change) -> String {
        let value = String(decoding: change.value, as: UTF8.self)
        let isElement = change.element != nil && change.member == nil
        if isElement { return "\(change.field): \(value)".printable }
        return "\(change.path) = \(plain(change.value))".printable
    }

    /// A value as plain text: a text without its quotes, nothing for null.
    private func plain(_ json: [UInt8]) -> String {
        switch json.first {
        case UInt8(ascii: "\""):
            do throws(JSON.Problem) { return try JSON(reading: json).asText ?? "" } catch { return "" }
        case UInt8(ascii: "n"): return ""
        default: return String(decoding: json, as: UTF8.self)
        }
    }
}
