import WaybillCore

/// States and the ways between them.
///
/// ```yaml
/// initial: unpaid
/// states:
///   unpaid:
///     entry: [{send: {topic: order, tag: placed}}]
///     on:
///       pay: {guard: event.amount_cents >= total_cents, target: paid, actions: [...]}
///       cancel: closed
///     after: {30m: closed}
///   paid: {always: {guard: nothing_to_ship, target: closed}}
///   closed: {type: final}
/// ```
///
/// A state without children is atomic, or `type: final`; one with children is compound and says which child is
/// `initial`, or `type: parallel`: then all its children are active at once. The file itself is the root state.
///
/// A target is a sibling of the state, else a child of it, else a state below the root; dots lead on from there
/// (`paid.packing`). A way from a state is the name of its target; or a mapping of `guard`, `target`, `actions`,
/// `internal`, and `because`, the sentence that people read when the guard is not true; or a list of those, of which
/// the first whose guard is true is taken. Without a target no state is left. A target inside the source leaves the
/// source and enters it again, unless `internal: true`.
extension OutlineReader {
    static let stateKeys = ["type", "initial", "entry", "exit", "on", "always", "onDone", "after", "states"]

    func state(_ node: DocumentNode, name: Text, fields: [String: DocumentNode]) -> Outline.State {
        let children = children(fields["states"])
        var transitions: [Outline.Transition] = []
        if let on = fields["on"] { transitions += events(on) }
        if let always = fields["always"] { transitions += ways(always, .always) }
        if let done = fields["onDone"] { transitions += ways(done, .done) }
        var timeouts: [Outline.Timeout] = []
        if let after = fields["after"] {
            for after in afters(after) {
                transitions += ways(after.ways, .timeout(timeouts.count), besides: after.keysBeside)
                timeouts.append(after.timeout)
            }
        }
        let kind = kind(node, fields: fields, hasChildren: !children.isEmpty)
        return Outline.State(
            node: node, name: name, kind: kind, entry: actions(fields["entry"]), exit: actions(fields["exit"]),
            transitions: transitions, timeouts: timeouts, children: children)
    }

    private func children(_ node: DocumentNode?) -> [Outline.State] {
        guard let node else { return [] }
        guard case .mapping(let pairs) = node.content, !pairs.isEmpty else {
            log.error(at: node, "found \(node.phrase), expected states")
            return []
        }
        return pairs.compactMap { pair in
            let name = word(pair.key, "the name of a state")
            if name == nil { log.fails(toDeclare: pair.name) }
            var fields: [String: DocumentNode] = [:]
            if !pair.value.isEmpty {
                fields = self.fields(of: pair.value, "a state", allowed: Self.stateKeys) ?? [:]
            }
            // The key is the place to show: a state may have an empty value.
            let shown = DocumentNode(content: pair.value.content, place: pair.key.place, path: pair.key.path)
            return name.map { state(shown, name: $0, fields: fields) }
        }
    }

    private func kind(_ node: DocumentNode, fields: [String: DocumentNode], hasChildren: Bool) -> Outline.State.Kind {
        let initial = fields["initial"]
        guard let type = fields["type"] else {
            if hasChildren {
                if initial == nil {
                    log.error(
                        at: node, "a state with children and without `initial:`",
                        hint: "name the child to start in, or write `type: parallel` to be in all of them")
                }
                return .compound(initial: initial)
            }
            if let initial { log.error(at: initial, "`initial:` in a state without children") }
            return .atomic
        }
        switch type.text {
        case "parallel":
            if let initial { log.error(at: initial, "`initial:` in a parallel state, which enters all its children") }
            guard !hasChildren else { return .parallel }
            log.error(at: type, "a parallel state without children")
        case "final":
            for key in ["states", "initial", "on", "always", "onDone", "after"] {
                guard let extra = fields[key] else { continue }
                log.error(
                    at: extra, "`\(key):` in a final state, which nothing leaves", hint: "remove it or `type: final`")
            }
            return .final
        case let other:
            log.error(
                at: type, "unknown type '\(other?.prefix(40) ?? "")' of a state",
                hint: "parallel or final; leave it out for other states")
        }
        return .atomic
    }

    // MARK: Ways

    private func events(_ node: DocumentNode) -> [Outline.Transition] {
        guard case .mapping(let pairs) = node.content else {
            log.error(at: node, "found \(node.phrase), expected `event: target` pairs")
            return []
        }
        return pairs.flatMap { pair in
            guard let name = word(pair.key, "the name of an event") else { return [Outline.Transition]() }
            return ways(pair.value, .event(pair.key, EventName(name)))
        }
    }

    private func ways(
        _ node: DocumentNode, _ trigger: Outline.Transition.Trigger, besides keys: [String] = []
    ) -> [Outline.Transition] {
        guard !node.isEmpty else {
            log.error(at: node, "found nothing, expected a target", hint: "name a state, or write {actions: [...]}")
            return []
        }
        return items(node, "transitions", countMax: WorkflowLimits.alternativesMax).compactMap {
            way($0, trigger, besides: keys)
        }
    }

    private func way(
        _ node: DocumentNode, _ trigger: Outline.Transition.Trigger, besides keys: [String]
    ) -> Outline.Transition? {
        if node.text != nil {
            return Outline.Transition(
                node: node, trigger: trigger, guarding: nil, because: nil, target: node, isInternal: false, actions: [])
        }
        let allowed = keys + ["guard", "because", "target", "actions", "internal"]
        guard let fields = fields(of: node, "a transition", allowed: allowed) else { return nil }
        let target = fields["target"]
        if let target, target.text?.isEmpty ?? true {
            log.error(at: target, "found \(target.phrase), expected the name of a state")
            return nil
        }
        let actions = actions(fields["actions"])
        if target == nil, fields["actions"] == nil {
            log.error(
                at: node, "a transition without target and actions does nothing", hint: "add `target:` or `actions:`")
        }
        return Outline.Transition(
            node: node, trigger: trigger, guarding: fields["guard"].flatMap { expression($0) },
            because: because(in: fields, of: "guard"), target: target,
            isInternal: fields["internal"].map(flag) ?? false, actions: actions)
    }

    // MARK: Timeouts

    /// A timeout, the node that holds its ways, and the timeout's own keys among theirs.
    private struct After {
        let timeout: Outline.Timeout
        let ways: DocumentNode
        let keysBeside: [String]
    }

    /// `30m: closed`, `pay_due: {in: pay_within, target: closed}`, or with several ways
    /// `opens: {at: balance_opens_at, transitions: [{guard: ..., target: ...}, {target: ...}]}`.
    private func afters(_ node: DocumentNode) -> [After] {
        guard case .mapping(let pairs) = node.content else {
            log.error(at: node, "found \(node.phrase), expected timeouts", hint: "such as `30m: expired`")
            return []
        }
        return pairs.compactMap { pair in
            let read = after(pair)
            if read == nil { log.fails(toDeclare: pair.name) }
            return read
        }
    }

    private func after(_ pair: DocumentNode.Pair) -> After? {
        if let first = pair.name.utf8.first, first == UInt8(ascii: "-") || (0x30...0x39).contains(first) {
            let timeout = Outline.Timeout(node: pair.key, word: Text(pair.name), due: .literal(pair.key))
            return After(timeout: timeout, ways: pair.value, keysBeside: [])
        }
        guard let name = word(pair.key, "a duration or the name of a timeout") else { return nil }
        let form = "write {in: 30m, target: ...} or {at: opens_at, target: ...}"
        let below: [DocumentNode.Pair] = if case .mapping(let pairs) = pair.value.content { pairs } else { [] }
        // With its time below it, such a word is a name like any other.
        if !below.contains(where: { ["in", "at"].contains($0.name) }), let duration = Interval(iso8601: name) {
            log.error(at: pair.key, "'\(name)' is no duration here", hint: "write \(duration.text)")
            return nil
        }
        guard case .mapping(let pairs) = pair.value.content else {
            log.error(
                at: pair.value, "found \(pair.value.phrase), expected when the timeout '\(name)' is due", hint: form)
            return nil
        }
        let within = pairs.first { $0.name == "in" }?.value
        let at = pairs.first { $0.name == "at" }?.value
        let due: Outline.Timeout.Due
        switch (within, at) {
        case (let within?, nil):
            guard let length = expression(within) else { return nil }
            due = .within(length)
        case (nil, let at?):
            guard let time = expression(at) else { return nil }
            due = .at(time)
        case (nil, nil), (_?, _?):
            log.error(at: pair.key, "the timeout '\(name)' needs `in:` or `at:`, and not both", hint: form)
            return nil
        }
        let timeout = Outline.Timeout(node: pair.key, word: name, due: due)
        guard let list = pairs.first(where: { $0.name == "transitions" })?.value else {
            return After(timeout: timeout, ways: pair.value, keysBeside: ["in", "at"])
        }
        _ = fields(of: pair.value, "a timeout with transitions", allowed: ["in", "at", "transitions"])
        return After(timeout: timeout, ways: list, keysBeside: [])
    }
}
