import WaybillAPI
import WaybillCore

/// A dry run for programs: an array with an object for the start and for each event.
struct JSONDryRunReport: DryRunReport {
    private var writer = JSONWriter()

    init() { writer.beginArray() }

    mutating func add(_ event: DryRunEvent?, _ step: DryRun.Step, _ family: FamilyDryRun) {
        let run = family.first
        let workflow = run.workflow
        writer.beginObject()
        writer.key("event")
        if let event { writer.text(Text(event.title)) } else { writer.null() }
        writer.member("at", run.now)
        writer.member("version", run.order.version)
        writer.members("states", workflow.leaves(of: run.order.configuration)) { $0.text(workflow.states[$1].path) }
        writer.member("status", run.order.status)
        writer.member("finished", workflow.isFinished(run.order.configuration))
        writer.key("context")
        writer.named(run.order.context, as: workflow.context)
        let timeouts = run.order.timeouts.sorted { ($0.due, $0.name) < ($1.due, $1.name) }
        writer.members("timeouts", timeouts) { $0.timeout($1.name, due: $1.due) }
        writer.members("calls", run.order.calls) { writer, call in
            writer.beginObject()
            writer.member("key", run.order.effectKey(of: call.number))
            writer.member("state", call.isUnanswered ? "unanswered" : "open")
            writer.member("deadline", call.deadline)
            writer.member("topic", workflow.calls[call.definition].topic.text)
            writer.member("ok", workflow.calls[call.definition].ok.text)
            writer.member("failed", workflow.calls[call.definition].failed.text)
            writer.key("data")
            writer.json(call.data)
            writer.endObject()
        }
        writer.members("actions", step.actions) { $0.text(Text($1)) }
        writer.members("fired", step.fired) { $0.text($1.text) }
        writer.member("repeated", step.isRepeat)
        writer.members("children", Array(family.members.dropFirst())) { writer, child in
            let workflow = child.run.workflow
            writer.beginObject()
            writer.member("id", child.path)
            writer.member("workflow", workflow.name.text)
            writer.members("states", workflow.leaves(of: child.run.order.configuration)) {
                $0.text(workflow.states[$1].path)
            }
            writer.member("status", child.run.order.status)
            writer.endObject()
        }
        writer.key("refusal")
        if let refusal = step.refusal { writer.refusal(refusal) } else { writer.null() }
        writer.endObject()
    }

    mutating func end() {
        writer.endArray()
        writer.print()
    }
}
