import WaybillCore

/// Child orders and calls.
///
/// ```yaml
/// children: {parcel: {max: 50}}                # kinds of child orders: workflows of their own, so many at most
/// - spawn: {child: parcel, id: event.parcel, data: {carrier: event.carrier}}     # the order's id is parent/id
/// - tell: {to: parent, command: signed, data: {parcel: parcel}}                  # `by: child` at the parent
/// - tell: {to: parcel, id: event.parcel, command: call_back}                     # `by: parent` at the child
/// - call: {topic: refunds, data: {payment: event.payment, amount_cents: event.amount_cents},
///          ok: refund_done, failed: refund_failed, unanswered: refund_open, late: refund_late, within: 1d}
/// - call: {topic: labels, name: event.parcel, ok: labelled, failed: no_label, within: 1h, expired: label_late}
/// - stop: {call: event.parcel}
/// ```
///
/// What an order tells its relatives happens in its own write: all of it, or the command is refused with the reason.
///
/// A call is a message with the tag `call` for a worker outside. The worker answers with the command `ok` or `failed`
/// and the call's key; data that the call has and the answer leaves out is filled in. When no answer comes in time and
/// the call names an event `unanswered`, that happens once, with the call's data, and the call stays open until `ok` or
/// `failed` comes with its key. Without it the call ends at its deadline: the event `expired` happens, else the command
/// `failed`, with the call's data. When `ok` comes after the call has ended
/// in any other way, the event `late` happens, with what `ok` says and, in `ended`, the word `expired`, `failed` or
/// `cancelled`; without `late` that answer is refused.
extension OutlineReader {
    func children(_ node: DocumentNode) -> [Outline.Child] {
        guard case .mapping(let pairs) = node.content, !pairs.isEmpty else {
            log.error(
                at: node, "found \(node.phrase), expected kinds of child orders", hint: "such as {parcel: {max: 50}}")
            return []
        }
        if pairs.count > WorkflowLimits.childKindsMax {
            log.error(at: node, "\(pairs.count) kinds of child orders, more than \(WorkflowLimits.childKindsMax)")
        }
        return pairs.prefix(WorkflowLimits.childKindsMax).compactMap { pair in
            guard let name = word(pair.key, "the id of a workflow"),
                let fields = fields(of: pair.value, "a kind of child orders", allowed: ["max"]),
                let max = required("max", in: fields, of: pair.value, name.string),
                let countMax = number(max, "the most children", in: 1...Int64(InterpreterLimits.childrenMax))
            else { return nil }
            if name == "parent" {
                log.error(at: pair.key, "a child cannot be called 'parent'", hint: "rename its workflow")
            }
            return Outline.Child(node: pair.key, workflow: WorkflowName(name), countMax: Int(countMax))
        }
    }

    func spawn(_ node: DocumentNode) -> Outline.Spawn? {
        guard let fields = fields(of: node, "spawn", allowed: ["child", "id", "data"]),
            let child = required("child", in: fields, of: node, "spawn"),
            let id = required("id", in: fields, of: node, "spawn").flatMap({ expression($0) })
        else { return nil }
        return Outline.Spawn(child: child, id: id, data: data(fields["data"]))
    }

    func tell(_ node: DocumentNode) -> Outline.Tell? {
        guard let fields = fields(of: node, "tell", allowed: ["to", "id", "command", "data"]),
            let receiver = required("to", in: fields, of: node, "tell"),
            let command = required("command", in: fields, of: node, "tell"),
            let name = word(command, "the name of a command")
        else { return nil }
        return Outline.Tell(
            receiver: receiver, id: fields["id"].flatMap { expression($0) }, command: command, name: EventName(name),
            data: data(fields["data"]))
    }

    func call(_ node: DocumentNode) -> Outline.Call? {
        let allowed = ["topic", "name", "data", "ok", "failed", "expired", "unanswered", "late", "within"]
        guard let fields = fields(of: node, "call", allowed: allowed),
            let topic = required("topic", in: fields, of: node, "call").flatMap({ word($0, "a topic") }),
            let ok = required("ok", in: fields, of: node, "call"),
            let failed = required("failed", in: fields, of: node, "call"),
            let within = required("within", in: fields, of: node, "call").flatMap({ expression($0) })
        else { return nil }
        let (expired, unanswered) = (event(fields["expired"]), event(fields["unanswered"]))
        let late = event(fields["late"])
        return Outline.Call(
            topic: TopicName(topic), name: fields["name"].flatMap { expression($0) }, data: data(fields["data"]),
            ok: ok, failed: failed, expired: expired, unanswered: unanswered, late: late, within: within)
    }

    private func event(_ node: DocumentNode?) -> (node: DocumentNode, name: EventName)? {
        node.flatMap { node in word(node, "the name of an event").map { (node: node, name: EventName($0)) } }
    }

    private func data(_ node: DocumentNode?) -> [Outline.Entry] {
        node.map { entries($0, "the data", countMax: WorkflowLimits.recordFieldsMax, named: fieldName) } ?? []
    }
}
