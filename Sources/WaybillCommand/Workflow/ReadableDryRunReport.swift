import Waybill
import WaybillCore
import WorkflowFile

/// A dry run for people: a paragraph per event.
struct ReadableDryRunReport: DryRunReport {
    private let details = Details()
    private var number = 0
    private let wantsExample: Bool

    /// - Parameter wantsExample: whether no event that follows places the order.
    init(_ workflow: Workflow, wantsExample: Bool) {
        self.wantsExample = wantsExample
        Output.standard.line(
            Style.bold("\(workflow.name) version \(workflow.version)".printable)
                + Style.dim("  a dry run: stock is endless, roles are not checked, nothing is kept"))
    }

    mutating func add(_ event: DryRunEvent?, _ step: DryRun.Step, _ family: FamilyDryRun) {
        let run = family.first
        Output.standard.line()
        if let event {
            number += 1
            Output.standard.line(Style.bold("\(number)  \(event.title)".printable) + data(of: event))
        } else {
            Output.standard.line(Style.bold("before the first event"))
        }
        if let refusal = step.refusal {
            details.line("refused", Style.red("\(refusal.code): \(refusal.message)".printable))
        }
        if step.isRepeat { details.line("repeated", "the same key was used before: nothing changes") }
        details.lines("fired", step.fired.map(\.description.printable))
        details.lines("actions", step.actions.map(\.printable))
        if event == nil, step.refusal != nil { example("instead", of: run.workflow) }
        guard run.order.version > 0 else {
            details.line("states", "none: the order is not placed yet")
            if event == nil, step.refusal == nil, wantsExample { example("try", of: run.workflow) }
            return
        }
        show(run)
        details.lines(
            "children",
            family.members.dropFirst().map { child in
                let workflow = child.run.workflow
                let states = workflow.leaves(of: child.run.order.configuration).map { workflow.states[$0].path.string }
                return
                    "\(child.path): \(child.run.order.status), \(workflow.name) in \(states.joined(separator: " + "))"
                    .printable
            })
    }

    mutating func end() {}

    /// What an order could begin with.
    private func example(_ name: String, of workflow: Workflow) {
        guard let creation = workflow.creation else { return }
        details.line(name, "--event '\(ExampleData.event(creation))'".printable)
    }

    private func show(_ run: DryRun) {
        let workflow = run.workflow
        let states = workflow.leaves(of: run.order.configuration).map { workflow.states[$0].path.string.printable }
        details.line("states", Style.cyan(states.joined(separator: " + ")))
        let end = workflow.isFinished(run.order.configuration) ? Style.dim("  (nothing can happen any more)") : ""
        details.line("status", run.order.status.string.printable + end)
        details.lines(
            "timeouts",
            run.order.timeouts.sorted { ($0.due, $0.name) < ($1.due, $1.name) }.map {
                "\($0.name) at \($0.due.iso8601), in \($0.due.since(run.now).text)".printable
            })
        details.lines("calls", run.order.calls.map { readable($0, of: run) })
        var writer = JSONWriter()
        writer.readable(run.order.context, as: workflow.context)
        details.json("context", writer.bytes)
    }

    private func readable(_ call: OpenCall, of run: DryRun) -> String {
        let definition = run.workflow.calls[call.definition]
        let since = call.isUnanswered ? "unanswered since" : "open until"
        let key = run.order.effectKey(of: call.number)
        let text =
            "\(key) to \(definition.topic): \(since) \(call.deadline.iso8601), \(definition.ok) or "
            + "\(definition.failed) ends it"
        return text.printable
    }

    private func data(of event: DryRunEvent) -> String {
        guard case .event(_, let data, _) = event, !data.isEmpty else { return "" }
        return Style.dim("  " + String(decoding: data, as: UTF8.self).printable)
    }
}
