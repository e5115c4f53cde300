import WaybillCore

/// Turns actions as written into actions to run: names resolved, values checked, cost added up.
struct ActionBuilder {
    let symbols: Symbols
    let log: FindingLog
    /// Every place that raises an event and whose data could be typed.
    private(set) var raises: [RaiseSite] = []
    /// Every call, in the order in which they are built, which is that of the document.
    var calls: [Workflow.CallDefinition] = []
    /// Where each says what happens at its deadline.
    var callNodes: [DocumentNode] = []
    /// What is said to other workflows.
    var relations: [Workflow.Relation] = []
    /// Steps of the list that is being built, loops included.
    private var cost = 0
    /// Steps of each list that was built, and of each guard, in the order in which they are built.
    private(set) var costs: [Int] = []

    /// A place that raises an event.
    struct RaiseSite {
        let node: DocumentNode
        let name: EventName
        let fields: [RecordType.Field]
    }

    init(symbols: Symbols, log: FindingLog) {
        self.symbols = symbols
        self.log = log
    }

    var expressions: ExpressionReader { ExpressionReader(log: log, filled: symbols.filled) }

    /// Builds one list of actions, with all inside it.
    mutating func build(_ outlines: [Outline.Action], in scope: NameScope) -> [Action] {
        cost = 0
        let actions = list(outlines, in: scope)
        if cost > WorkflowLimits.actionsCostMax, let first = outlines.first {
            log.error(
                at: first.node, "these actions cost up to \(cost) steps, more than \(WorkflowLimits.actionsCostMax)",
                hint: "lower the `max:` of the collections they run over")
        }
        costs.append(cost)
        return actions
    }

    private mutating func list(_ outlines: [Outline.Action], in scope: NameScope) -> [Action] {
        outlines.compactMap { outline in
            var condition: Expression?
            if let when = outline.when {
                guard let checked = expressions.condition(when, in: scope) else { return nil }
                count(checked)
                condition = checked.expression
            }
            return verb(outline, in: scope).map { Action(when: condition, verb: $0) }
        }
    }

    private mutating func verb(_ outline: Outline.Action, in scope: NameScope) -> Action.Verb? {
        switch outline.verb {
        case .assign(let assignments): return .assign(assignments.compactMap { assignment($0, in: scope) })
        case .put(let collection, let fields): return put(collection, fields, in: scope)
        case .forEach(let list, let name, let body): return forEach(list, name, body, in: scope)
        case .raise(let node, let name, let data): return raise(node, name, data, in: scope)
        case .send(let send): return .send(self.send(send, in: scope))
        case .stock(let stock): return self.stock(stock, in: scope)
        case .releaseHeld:
            return .stock(
                Action.StockAction(
                    verb: .releaseHeld, each: nil, depth: 0, sku: .literal(.null), location: nil,
                    quantity: .literal(.null), quota: nil, then: nil, otherwise: nil))
        case .extend(let timeout, let by):
            guard let index = self.timeout(timeout), let by = value(by, .number(.duration), in: scope) else {
                return nil
            }
            return .extend(timeout: index, by: by)
        case .reschedule(let timeout, let at):
            guard let index = self.timeout(timeout), let at = value(at, .number(.time), in: scope) else { return nil }
            return .reschedule(timeout: index, at: at)
        case .stop(let timeout): return self.timeout(timeout).map { .stop(timeout: $0) }
        case .spawn(let spawn): return self.spawn(spawn, in: scope)
        case .tell(let tell): return self.tell(tell, in: scope)
        case .call(let call): return self.call(call, in: scope)
        case .stopCall(let name): return value(name, .text, in: scope).map { .stopCall($0) }
        }
    }

    // MARK: Values

    mutating func count(_ checked: CheckedExpression) { cost = cost.addingSaturated(checked.cost) }

    mutating func value(_ node: DocumentNode, _ type: ValueType, in scope: NameScope) -> Expression? {
        guard let checked = expressions.value(node, type, in: scope) else { return nil }
        count(checked)
        return checked.expression
    }

    private func timeout(_ node: DocumentNode) -> Int? {
        let name = Text(node.text ?? "")
        if let index = symbols.states.timeoutIndex[name] { return index }
        guard !log.hasFailed(toDeclare: name) else { return nil }
        let nearest = nearestName(to: name, among: symbols.states.timeoutIndex.keys.sorted())
        log.error(
            at: node, "unknown timeout \(node.phrase)",
            hint: nearest.map { "did you mean '\($0)'?" } ?? "timeouts are declared by `after:`")
        return nil
    }

    mutating func raise(_ site: RaiseSite) { raises.append(site) }

    /// Builds the guard of a way.
    mutating func guarding(_ node: DocumentNode?, in scope: NameScope) -> Expression? {
        let checked = node.flatMap { expressions.condition($0, in: scope) }
        costs.append(checked?.cost ?? 0)
        return checked?.expression
    }

    // MARK: Loops and events

    private mutating func forEach(
        _ list: DocumentNode, _ name: Text, _ body: [Outline.Action], in scope: NameScope
    ) -> Action.Verb? {
        guard let checked = expressions.check(list, in: scope, expecting: .list),
            case .list(let record, let countMax, _) = checked.type
        else { return nil }
        guard scope.bound.count < WorkflowLimits.forEachDepthMax else {
            log.error(at: list, "more than \(WorkflowLimits.forEachDepthMax) `forEach` inside each other")
            return nil
        }
        if scope.bound.contains(where: { $0.name == name }) || symbols.context.slot(name) != nil {
            log.error(at: list, "'\(name)' already means something else here", hint: "choose another name for `as:`")
            return nil
        }
        var inner = scope
        inner.bound.append(NameScope.Bound(name: name, type: .record(record)))
        let before = cost
        cost = 0
        let actions = self.list(body, in: inner)
        let repeated = cost.addingSaturated(1).multipliedSaturated(by: countMax)
        cost = before.addingSaturated(checked.cost).addingSaturated(repeated)
        return .forEach(in: checked.expression, depth: scope.bound.count, do: actions)
    }

    /// `then:` and `else:` of a reservation raise events without data.
    mutating func raiseAnswer(_ name: EventName, at node: DocumentNode) {
        raises.append(RaiseSite(node: node, name: name, fields: []))
        if let missing = symbols.data(of: name)?.fields.first(where: { !$0.isOptional }) {
            log.error(
                at: node, "\(name) is raised without '\(missing.name)'",
                hint: "raise another event after a reservation, which brings no data")
        }
    }

    private mutating func raise(
        _ node: DocumentNode, _ name: EventName, _ data: [Outline.Entry], in scope: NameScope
    ) -> Action.Verb? {
        if symbols.commands == nil, let first = data.first {
            log.error(at: first.key, "event data in a workflow without `commands:`", hint: "declare its commands")
            return nil
        }
        var fields: [RecordType.Field] = []
        var values: [Text: (checked: CheckedExpression, node: DocumentNode)] = [:]
        for entry in data {
            guard let checked = expressions.check(entry.value, in: scope) else { return nil }
            count(checked)
            fields.append(RecordType.Field(name: entry.name, type: checked.type, isOptional: checked.isOptional))
            values[entry.name] = (checked, entry.value)
        }
        raises.append(RaiseSite(node: node, name: name, fields: fields))
        guard let type = symbols.data(of: name) else { return nil }
        for entry in data where type.slot(entry.name) == nil {
            log.error(
                at: entry.key, "'\(entry.name)' is no data of \(name) elsewhere",
                hint: "an event has the same data wherever it is raised and declared")
        }
        let expressions = type.fields.map { field -> Expression in
            guard let (checked, place) = values[field.name] else {
                if !field.isOptional {
                    log.error(at: node, "\(name) is raised without '\(field.name)'", hint: "add it to `data:`")
                }
                return .literal(.null)
            }
            if !checked.type.fits(field.type) {
                log.error(
                    at: place,
                    "found \(checked.type.phrase), elsewhere '\(field.name)' of \(name) is \(field.type.phrase)",
                    hint: "an event has the same data wherever it is raised and declared")
            }
            return checked.expression
        }
        return .raise(name, data: expressions)
    }
}
