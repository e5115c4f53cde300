import Waybill
import WaybillAPI
import WaybillCore

/// An event of an order as a paragraph for people: what was asked, and what came of it.
struct EventText {
    private let event: EventView
    private let body: EventBody
    private let workflow: Workflow

    init(_ event: EventView, under workflow: Workflow) throws(CommandFailure) {
        self.event = event
        self.workflow = workflow
        do throws(JSONProblem) {
            body = try EventBody(event.body, under: workflow)
        } catch {
            throw CommandFailure(
                "event \(event.position.number) is damaged at byte \(error.offset): \(error.message); verify the file"
            )
        }
    }

    /// - Parameter isBrief: in few lines, without what was set in the order's data.
    func write(isBrief: Bool = false, to output: Output = .standard) {
        let details = Details(output)
        output.line(title(on: output, isBrief: isBrief))
        if !body.data.isEmpty, body.data != Array("{}".utf8) {
            if isBrief {
                let data = String(decoding: asked, as: UTF8.self).printable
                details.line("asked", Style.dim(data.truncated(toColumns: output.columns - 14), on: output))
            } else {
                details.json("asked", asked)
            }
        }
        if !isBrief { details.lines("facts", body.outcome.facts.map(readable)) }
        if let status = body.outcome.status {
            details.line("status", Style.green(status.string.printable, on: output))
        }
        let entered = innermost(body.outcome.entered).map { workflow.states[$0].path.string.printable }
        if !entered.isEmpty { details.line("entered", Style.cyan(entered.joined(separator: " + "), on: output)) }
        if !isBrief { details.lines("set", body.outcome.changes.map(readable)) }
        details.wrapped("stock", stock)
        details.wrapped("timeouts", timeouts.joined(separator: ", "))
        details.wrapped("calls", calls.joined(separator: ", ").printable)
        details.wrapped("tells", body.relatives.map(readable).joined(separator: ", ").printable)
        details.wrapped("messages", messages.joined(separator: ", "))
    }

    /// What the command brought, for people.
    private var asked: [UInt8] { workflow.command(event.type)?.data.readable(body.data) ?? body.data }

    private var calls: [String] {
        let made = body.outcome.called.map { call in
            "\(call.number) to \(workflow.calls[call.definition].topic), until \(call.deadline.iso8601)"
        }
        return made + body.outcome.settled.map { "\($0.number) is \($0.result.rawValue)" }
            + body.outcome.unanswered.map { "\($0) is unanswered and stays open" }
    }

    private func readable(_ relative: RelativeCommand.Trace) -> String {
        switch relative.receiver {
        case .parent: "\(relative.name) to the parent"
        case .child(let id): "\(relative.name) to \(id)"
        case .newChild(let child): "a new \(child.workflow), \(child.id)"
        }
    }

    /// `reserve 2 mug, 1 tea at berlin; confirm 2 mug, 1 tea at berlin`
    private var stock: String {
        var groups: [(kind: Movement.Kind, lines: [String])] = []
        for movement in body.outcome.movements {
            let line = "\(movement.quantity) \(movement.key.readable)"
            if groups.last?.kind == movement.kind {
                groups[groups.count - 1].lines.append(line)
            } else {
                groups.append((movement.kind, [line]))
            }
        }
        return groups.map { "\($0.kind.readable) \($0.lines.joined(separator: ", "))" }.joined(separator: "; ")
    }

    private var timeouts: [String] {
        let armed = body.outcome.armed.map { "\($0.name) in \($0.due.since(event.at).text), at \($0.due.iso8601)" }
        // That the one which fired is not pending any more goes without saying.
        let stopped = body.outcome.stopped.filter { $0 != body.timeout }.map { "\($0) stopped" }
        return (armed + stopped).map(\.printable)
    }

    private var messages: [String] {
        let called = Set(body.outcome.called.map { workflow.calls[$0.definition].topic })
        return body.messages.map { message in
            let name = message.tag.map { "\(message.topic):\($0)" } ?? "\(message.topic)"
            // The half message that waits for the answer.
            let isHalf = message.tag == "done" && called.contains(message.topic)
            return (isHalf ? "\(name) (half)" : name).printable
        }
    }

    private var name: String {
        if let call = body.call {
            return body.outcome.unanswered.isEmpty ? "call \(call) expires" : "call \(call) is not answered in time"
        }
        guard let timeout = body.timeout else { return event.type.description }
        switch event.type {
        case "$timeout": return "\(timeout) fires"
        case "$reschedule": return "\(timeout) is moved"
        case "$cancel": return "\(timeout) is cancelled"
        case let type: return "\(type) \(timeout)"
        }
    }

    private func title(on output: Output, isBrief: Bool) -> String {
        var origin: [String] = []
        if let role = body.role { origin.append("by \(role)") }
        if !event.caller.isEmpty, !isBrief { origin.append("from \(event.caller)") }
        if let key = event.key { origin.append("key \(key)") }
        if let cause = event.cause, !isBrief { origin.append("because of event \(cause.number)") }
        return Style.dim("\(event.at.iso8601)  ", on: output) + Style.bold(name.printable, on: output)
            + (isBrief ? "" : Style.dim("  version \(event.version), event \(event.position.number)", on: output))
            + (origin.isEmpty ? "" : "  " + origin.joined(separator: ", ").printable)
    }

    /// Of states that were entered, those without an entered descendant.
    private func innermost(_ entered: [Int]) -> [Int] {
        entered.filter { state in !entered.contains { $0 > state && $0 <= workflow.states[state].last } }.sorted()
    }

    private func readable(_ answer: ReserveAnswer) -> String {
        switch answer {
        case .done(let opened): opened.isEmpty ? "stock: all there" : "stock: all there, \(opened.count) quotas opened"
        case .short(let line, let free): "stock: line \(line + 1) was short, \(free) free"
        }
    }

    private func readable(_ change: Outcome.Change) -> String {
        let fields = workflow.context.fields
        switch change {
        case .field(let slot, let value):
            return "\(fields[slot].name) = \(value.readable(as: fields[slot].type))".printable
        case .element(let collection, let values):
            var writer = JSONWriter()
            if case .list(let element, _, _) = fields[collection].type { writer.readable(values, as: element) }
            return "\(fields[collection].name): \(String(decoding: writer.bytes, as: UTF8.self))".printable
        case .member(let collection, let key, let field, let value):
            guard case .list(let element, _, _) = fields[collection].type else { return "" }
            let text = value.readable(as: element.fields[field].type)
            return "\(fields[collection].name)[\(key)].\(element.fields[field].name) = \(text)".printable
        }
    }
}

extension Movement.Kind {
    /// The verb of a sentence.
    fileprivate var readable: String { self == .giveBack ? "give back" : name.string }
}
