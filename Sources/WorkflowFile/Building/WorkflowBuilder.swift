import WaybillCore

/// Gives the names of an ``Outline`` their meaning and makes the workflow.
struct WorkflowBuilder {
    let outline: Outline
    let log: FindingLog
    var symbols: Symbols

    init(_ outline: Outline, log: FindingLog) {
        self.outline = outline
        self.log = log
        let commands = outline.commands.map { commands in
            Dictionary(commands.map { ($0.name, $0.data.type) }, uniquingKeysWith: { first, _ in first })
        }
        symbols = Symbols(
            context: outline.begunContext, states: StateTable(root: outline.root, log: log), commands: commands)
        symbols.children = outline.children.map(\.workflow)
        symbols.filled = outline.filled
    }

    var expressions: ExpressionReader { ExpressionReader(log: log, filled: symbols.filled) }

    /// The workflow, or nil when something is wrong: the log says what.
    mutating func build(hash: WorkflowHash, meaning: WorkflowHash, judging judgement: WorkflowFile.Judgement)
        -> Workflow?
    {
        let commands = (outline.commands ?? []).map(definition)
        checkCreation()
        let attributes = outline.attributes.compactMap(attribute)
        let derived = derive()
        inferRaisedEvents()
        var actions = ActionBuilder(symbols: symbols, log: log)
        let timeouts = symbols.states.timeouts.compactMap(timeout)
        let states = symbols.states.rows.indices.map { state($0, &actions) }
        let invariants = outline.invariants.compactMap(invariant)
        let status = outline.status.flatMap { expressions.value($0, .text, in: symbols.scope()) }
        let closing = invariants.reduce(status?.cost ?? 0) { $0.addingSaturated($1.cost) }
        if actions.calls.count > WorkflowLimits.callsMax {
            log.error(at: outline.root.node, "\(actions.calls.count) calls, more than \(WorkflowLimits.callsMax)")
        }
        checkAnswers(to: actions.calls)
        let workflow =
            log.hasErrors
            ? nil
            : Workflow(
                name: WorkflowName(outline.name), version: outline.version, hash: hash, meaning: meaning,
                commands: commands,
                context: symbols.context, attributes: attributes, derived: derived,
                invariants: invariants.map(\.invariant),
                status: status?.expression, states: states, timeouts: timeouts,
                children: outline.children.map {
                    Workflow.ChildDefinition(workflow: $0.workflow, countMax: $0.countMax)
                },
                calls: actions.calls, relations: declared + actions.relations)
        if judgement != .notAtAll {
            FlowCheck(
                states: symbols.states, commands: outline.commands, raises: actions.raises, workflow: workflow, log: log
            ).run()
            if let workflow {
                let isStatusOptional = status?.isOptional ?? false
                judge(workflow, actions, closing: closing, isStatusOptional: isStatusOptional, judgement)
            }
        }
        return log.hasErrors ? nil : workflow
    }

    /// Looks at a whole workflow for what its parts do not show.
    ///
    /// - Parameter closing: steps of what every command ends with.
    private func judge(
        _ workflow: Workflow, _ actions: ActionBuilder, closing: Int, isStatusOptional: Bool,
        _ judgement: WorkflowFile.Judgement
    ) {
        let chart = JudgedChart(workflow, symbols.states, log)
        TrapCheck(chart: chart, outline: outline, isStatusOptional: isStatusOptional).run()
        CostCheck(chart: chart, costs: actions.costs, closing: closing).run()
        guard !log.hasErrors else { return }
        checkEnds(of: workflow, calls: actions.callNodes)
        guard judgement == .wholly else { return }
        var trial = FactTrial(workflow, outline, log)
        trial.run()
    }

    /// A call that stays open until it is answered, in an order that may end before: nothing would hear the answer.
    private func checkEnds(of workflow: Workflow, calls nodes: [DocumentNode]) {
        for index in workflow.callsOpenAtEnd() {
            let call = workflow.calls[index]
            log.error(
                at: nodes[index], "the order can end while this call is unanswered, and nothing would hear its answer",
                hint: "let only \(call.ok) or \(call.failed) lead from where it is open to the end, or let the order "
                    + "rest in a state that is not final")
        }
    }

    /// The key of a call is what its answer is remembered by.
    private func checkAnswers(to calls: [Workflow.CallDefinition]) {
        for command in outline.commands ?? [] {
            guard let key = command.key, calls.contains(where: { $0.ok == command.name || $0.failed == command.name })
            else { continue }
            log.error(
                at: key, "\(command.name) answers a call, whose key it is remembered by", hint: "remove this `key:`")
        }
    }

    /// The kinds of child orders, each with its place: they must exist, spawned or not.
    private var declared: [Workflow.Relation] {
        outline.children.map { child in
            Workflow.Relation(
                child: child.workflow, command: nil, data: nil, line: child.node.place.line,
                column: child.node.place.column, path: child.node.path.description)
        }
    }

    // MARK: What is computed from the data

    /// Each entry sees those before it, so that none depends on itself.
    private mutating func derive() -> [Workflow.Derived] {
        var derived: [Workflow.Derived] = []
        for (index, entry) in outline.derived.enumerated() {
            if symbols.context.slot(entry.name) != nil {
                log.error(at: entry.key, "'\(entry.name)' is a field of the context already")
            }
            let expressions = ExpressionReader(
                log: log, later: outline.derived[index...].map(\.name), filled: symbols.filled)
            guard let checked = expressions.check(entry.value, in: symbols.scope()) else {
                log.fails(toDeclare: entry.name.string)
                continue
            }
            expressions.warn(of: checked, at: entry.value, in: symbols.scope())
            derived.append(Workflow.Derived(name: entry.name, expression: checked.expression))
            symbols.derived.append(NameScope.Derived(name: entry.name, checked))
        }
        return derived
    }

    private func invariant(_ outline: Outline.Invariant) -> (invariant: Workflow.Invariant, cost: Int)? {
        expressions.condition(outline.condition, in: symbols.scope()).map { checked in
            let text = Text(outline.condition.text ?? "")
            let invariant = Workflow.Invariant(text: text, expression: checked.expression, because: outline.because)
            return (invariant, checked.cost)
        }
    }

    private func attribute(_ node: DocumentNode) -> Int? {
        let name = Text(node.text ?? "")
        guard let slot = symbols.context.slot(name) else {
            guard !log.hasFailed(toDeclare: name) else { return nil }
            let nearest = nearestName(to: name, among: symbols.context.fields.map(\.name))
            log.error(
                at: node, "\(node.phrase) is no field of the context",
                hint: nearest.map { "did you mean '\($0)'?" } ?? "attributes are names of context fields")
            return nil
        }
        switch symbols.context.fields[slot].type {
        case .bool, .text, .number: return slot
        case .list, .record, .null:
            log.error(at: node, "'\(name)' is a collection: lists are filtered by texts, numbers and bools only")
            return nil
        }
    }

    // MARK: States

    private func state(_ index: Int, _ actions: inout ActionBuilder) -> State {
        let table = symbols.states
        let row = table.rows[index]
        let scope = symbols.scope()
        return State(
            name: row.outline.name, path: row.path, parent: row.parent, kind: kind(of: index), children: row.children,
            last: row.last, entry: actions.build(row.outline.entry, in: scope),
            exit: actions.build(row.outline.exit, in: scope),
            transitions: row.outline.transitions.map { transition($0, of: index, &actions) }, timeouts: row.timeouts)
    }

    private func kind(of index: Int) -> State.Kind {
        let row = symbols.states.rows[index]
        switch row.outline.kind {
        case .atomic: return .atomic
        case .parallel: return .parallel
        case .final: return .final
        case .compound(let initial):
            guard let initial else { return .atomic }
            let name = Text(initial.text ?? "")
            if let child = symbols.states.child(name, of: index) { return .compound(initial: child) }
            guard !log.hasFailed(toDeclare: name) else { return .atomic }
            let names = row.children.map { symbols.states.rows[$0].outline.name }
            log.error(
                at: initial, "\(initial.phrase) is no child of this state",
                hint: nearestName(to: name, among: names).map { "did you mean '\($0)'?" }
                    ?? "the children are \(names.map(\.string).joined(separator: ", "))")
            return .atomic
        }
    }

    private func transition(
        _ outline: Outline.Transition, of source: Int, _ actions: inout ActionBuilder
    ) -> Transition {
        let scope = self.scope(of: outline.trigger)
        let target = outline.target.flatMap { self.target($0, from: source) }
        if outline.isInternal { checkInternal(outline, from: source, to: target) }
        let guarding = actions.guarding(outline.guarding, in: scope)
        return Transition(
            trigger: trigger(outline.trigger, of: source), guarding: guarding,
            guardText: outline.guarding?.text.map { Text($0) }, because: outline.because, target: target,
            isInternal: outline.isInternal, actions: actions.build(outline.actions, in: scope))
    }

    /// Only the transitions of an event see its data.
    func scope(of trigger: Outline.Transition.Trigger) -> NameScope {
        switch trigger {
        case .event(_, let name): symbols.scope(event: symbols.data(of: name))
        case .always, .done, .timeout: symbols.scope()
        }
    }

    private func trigger(_ trigger: Outline.Transition.Trigger, of source: Int) -> Transition.Trigger {
        switch trigger {
        case .event(_, let name): .event(name)
        case .always: .always
        case .done: .done
        case .timeout(let index): .timeout(symbols.states.rows[source].timeouts[index])
        }
    }

    private func target(_ node: DocumentNode, from source: Int) -> Int? {
        let name = Text(node.text ?? "")
        if let target = symbols.states.target(name, from: source) { return target }
        guard !log.hasFailed(toDeclare: name) else { return nil }
        let nearest = symbols.states.nearestTarget(to: name, from: source)
        log.error(
            at: node, "unknown target \(node.phrase)",
            hint: nearest.map { "did you mean '\($0)'?" }
                ?? "a target is a sibling, a child, or a whole path such as money.paid")
        return nil
    }

    private func checkInternal(_ outline: Outline.Transition, from source: Int, to target: Int?) {
        switch symbols.states.rows[source].outline.kind {
        case .compound:
            if let target, symbols.states.isDescendant(target, of: source) { return }
        case .parallel:
            log.error(
                at: outline.node,
                "`internal: true` in a parallel state, whose regions are left and entered again by every transition "
                    + "into one",
                hint: "remove it, or write the transition in the region that holds the target")
            return
        case .atomic, .final: break
        }
        log.error(
            at: outline.node, "`internal: true` without a target inside this state",
            hint: "remove it; a transition without a target leaves nothing anyway")
    }
}
