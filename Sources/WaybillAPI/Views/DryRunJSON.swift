package import WaybillCore

/// Steps of a dry run, as JSON.
extension JSONWriter {
    /// What an order and its children are after an event.
    ///
    /// - Parameter event: as it was asked for; nil: the start.
    package mutating func step(_ step: DryRun.Step, after event: Text?, of family: FamilyDryRun) {
        let run = family.first
        let workflow = run.workflow
        beginObject()
        key("event")
        if let event { text(event) } else { null() }
        member("at", run.now)
        member("version", run.order.version)
        members("states", workflow.leaves(of: run.order.configuration)) { $0.text(workflow.states[$1].path) }
        member("status", run.order.status)
        member("finished", workflow.isFinished(run.order.configuration))
        key("context")
        named(run.order.context, as: workflow.context)
        let timeouts = run.order.timeouts.sorted { ($0.due, $0.name) < ($1.due, $1.name) }
        members("timeouts", timeouts) { $0.timeout($1.name, due: $1.due) }
        members("calls", run.order.calls) { writer, call in
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
        members("actions", step.actions) { $0.text(Text($1)) }
        members("fired", step.fired) { $0.text($1.text) }
        member("repeated", step.isRepeat)
        members("children", Array(family.members.dropFirst())) { writer, child in
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
        key("refusal")
        if let refusal = step.refusal {
            beginObject()
            member("code", Text(refusal.code))
            member("message", Text(refusal.message))
            if !refusal.values.isEmpty {
                key("values")
                refusal.values.write(to: &self)
            }
            endObject()
        } else {
            null()
        }
        endObject()
    }
}
