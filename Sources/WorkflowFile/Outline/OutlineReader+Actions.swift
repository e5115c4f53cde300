import WaybillCore

/// Actions: a mapping of one verb and what belongs to it. `when:` beside the verb skips it unless true.
///
/// ```yaml
/// - assign: {'lines[event.line].shipped': '+ event.qty', carrier: event.carrier}   # '+ x', '- x' change what is there
/// - put: {payments: {payment: event.payment, captured: event.amount_cents}}        # adds, or changes the fields given
/// - forEach: {in: event.lines, as: l}
///   do: [{assign: {'lines[l.line].shipped': '+ l.qty'}}]
/// - {raise: paid_back, data: {amount_cents: 100}, when: captured_cents > 100}      # an event inside the order
/// - extend: {timeout: pay_due, by: 15m}
/// - reschedule: {timeout: pay_due, at: now + 15m}
/// - stop: {timeout: pay_due}
/// ```
extension OutlineReader {
    private static let stockVerbs = ["reserve", "confirm", "release", "ship", "restock", "scrap"]
    private static let verbs =
        ["assign", "put", "forEach", "raise", "send"] + stockVerbs
        + ["extend", "reschedule", "stop", "spawn", "tell", "call"]

    func actions(_ node: DocumentNode?) -> [Outline.Action] {
        items(node, "actions", countMax: WorkflowLimits.actionsMax).compactMap(action)
    }

    private func action(_ node: DocumentNode) -> Outline.Action? {
        guard case .mapping(let pairs) = node.content else {
            log.error(
                at: node, "found \(node.phrase), expected an action",
                hint: "such as {send: {topic: order, tag: paid}}; the verbs are \(Self.verbs.joined(separator: ", "))")
            return nil
        }
        let verbs = pairs.filter { Self.verbs.contains($0.name) }
        guard let verb = verbs.first, verbs.count == 1 else {
            if let second = verbs.dropFirst().first {
                log.error(at: second.key, "a second verb in one action", hint: "make it an action of its own")
            } else {
                guard let unknown = pairs.first(where: { !["when", "do", "data"].contains($0.name) }) else {
                    log.error(
                        at: node, "an action without a verb",
                        hint: "the verbs are \(Self.verbs.joined(separator: ", "))")
                    return nil
                }
                self.unknown(unknown.key, unknown.name, "an action", allowed: Self.verbs)
            }
            return nil
        }
        var allowed = [verb.name, "when"]
        if verb.name == "forEach" { allowed.append("do") }
        if verb.name == "raise" { allowed.append("data") }
        guard let fields = fields(of: node, "\(verb.name)", allowed: allowed) else { return nil }
        let beside = fields["when"].flatMap { expression($0) }
        guard let (read, inside) = self.verb(verb, fields: fields) else { return nil }
        if beside != nil, let inside {
            log.error(at: inside, "a second `when:` for one action", hint: "join them with AND")
        }
        return Outline.Action(node: verb.key, when: beside ?? inside, verb: read)
    }

    /// The verb, and the `when:` that a stock action may hold inside.
    private func verb(
        _ pair: DocumentNode.Pair, fields: [String: DocumentNode]
    ) -> (Outline.Verb, when: DocumentNode?)? {
        switch pair.name {
        case "assign": return (.assign(assignments(pair.value)), nil)
        case "put": return put(pair.value).map { ($0, nil) }
        case "forEach": return forEach(pair.value, body: fields["do"]).map { ($0, nil) }
        case "raise":
            guard let name = word(pair.value, "the name of an event") else { return nil }
            let data = fields["data"].map {
                entries($0, "the data of an event", countMax: WorkflowLimits.recordFieldsMax, named: fieldName)
            }
            return (.raise(pair.value, EventName(name), data: data ?? []), nil)
        case "send": return send(pair.value).map { (.send($0), nil) }
        case "extend":
            return timeoutAction(pair.value, "extend", "by").map { (.extend(timeout: $0, by: $1), nil) }
        case "reschedule":
            return timeoutAction(pair.value, "reschedule", "at").map { (.reschedule(timeout: $0, at: $1), nil) }
        case "stop":
            guard let fields = self.fields(of: pair.value, "stop", allowed: ["timeout", "call"]) else { return nil }
            if let call = fields["call"], fields["timeout"] == nil {
                return expression(call).map { (.stopCall($0), nil) }
            }
            return required("timeout", in: fields, of: pair.value, "stop").map { (.stop(timeout: $0), nil) }
        case "spawn": return spawn(pair.value).map { (.spawn($0), nil) }
        case "tell": return tell(pair.value).map { (.tell($0), nil) }
        case "call": return call(pair.value).map { (.call($0), nil) }
        case let name: return stock(pair.value, verb: name)
        }
    }

    /// The value of a key that must be there.
    func required(
        _ key: String, in fields: [String: DocumentNode], of node: DocumentNode, _ what: String
    ) -> DocumentNode? {
        if let value = fields[key] { return value }
        log.error(at: node, "`\(what):` without `\(key):`", hint: "add `\(key):`")
        return nil
    }

    private func timeoutAction(_ node: DocumentNode, _ verb: String, _ key: String) -> (DocumentNode, DocumentNode)? {
        guard let fields = fields(of: node, verb, allowed: ["timeout", key]),
            let timeout = required("timeout", in: fields, of: node, verb),
            let value = required(key, in: fields, of: node, verb).flatMap({ expression($0) })
        else { return nil }
        return (timeout, value)
    }

    private func assignments(_ node: DocumentNode) -> [Outline.Assignment] {
        guard case .mapping(let pairs) = node.content, !pairs.isEmpty else {
            log.error(
                at: node, "found \(node.phrase), expected what to assign", hint: "such as {carrier: event.carrier}")
            return []
        }
        if pairs.count > WorkflowLimits.actionFieldsMax {
            log.error(at: node, "\(pairs.count) assignments, more than \(WorkflowLimits.actionFieldsMax)")
        }
        return pairs.prefix(WorkflowLimits.actionFieldsMax).compactMap { pair in
            expression(pair.value).map { Outline.Assignment(target: pair.key, value: $0) }
        }
    }

    private func put(_ node: DocumentNode) -> Outline.Verb? {
        guard case .mapping(let pairs) = node.content, let pair = pairs.first, pairs.count == 1 else {
            log.error(
                at: node, "`put:` needs one collection and the element to put",
                hint: "such as {payments: {payment: event.payment, captured: event.amount_cents}}")
            return nil
        }
        let fields = entries(pair.value, "an element", countMax: WorkflowLimits.actionFieldsMax, named: fieldName)
        return .put(collection: pair.key, fields: fields)
    }

    private func forEach(_ node: DocumentNode, body: DocumentNode?) -> Outline.Verb? {
        guard let fields = fields(of: node, "forEach", allowed: ["in", "as"]),
            let list = required("in", in: fields, of: node, "forEach").flatMap({ expression($0) }),
            let name = required("as", in: fields, of: node, "forEach").flatMap({
                identifier($0, "the name of an element")
            })
        else { return nil }
        guard let body else {
            log.error(at: node, "`forEach:` without `do:`", hint: "add `do: [...]` beside it")
            return nil
        }
        return .forEach(in: list, as: name, do: actions(body))
    }
}
