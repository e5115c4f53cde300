import WaybillCore

/// Commands and their data, timeouts and their times, and the data of events that the order raises itself.
extension WorkflowBuilder {
    func definition(_ command: Outline.Command) -> Workflow.CommandDefinition {
        var key: Int?
        if let node = command.key {
            let name = Text(node.text ?? "")
            key = command.data.type.slot(name)
            let field = key.map { command.data.type.fields[$0] }
            if field?.type != .text || field?.isOptional == true {
                log.error(
                    at: node, "\(node.phrase) is no text in the data of \(command.name)",
                    hint: "`key:` names a field of type text, which identifies the command as long as the order lives")
            }
        }
        return Workflow.CommandDefinition(name: command.name, data: command.data.type, roles: command.roles, key: key)
    }

    /// The first command places the order: its data fills the context fields of the same names.
    func checkCreation() {
        guard let creation = outline.commands?.first else { return }
        for (slot, field) in symbols.context.fields.enumerated() {
            let node = outline.context.nodes[slot]
            guard let source = creation.data.type.slot(field.name) else {
                if !field.isOptional, field.initial == .null, !log.hasFailed(toDeclare: field.name) {
                    log.error(
                        at: node, "'\(field.name)' has no value when an order is placed",
                        hint:
                            "make it optional, give it a first value (`\(field.exampleOfFirst)`), or add it to the "
                            + "data of '\(creation.name)', the first command")
                }
                continue
            }
            let given = creation.data.type.fields[source]
            let place = creation.data.nodes[source]
            if let problem = misfit(of: given, to: field) {
                log.error(
                    at: place, "\(problem) in the context (line \(node.place.line))",
                    hint: "'\(creation.name)' places the order: its data fills the context fields of the same names")
            }
        }
    }

    /// Why a data field cannot fill a context field.
    private func misfit(of given: RecordType.Field, to field: RecordType.Field) -> String? {
        switch (given.type, field.type) {
        case (.list(let element, let countMax, _), .list(let target, let targetMax, let keyed)):
            if countMax > targetMax { return "up to \(countMax) elements, but \(targetMax)" }
            if keyed, element.slot(target.fields[0].name) == nil {
                return "elements without '\(target.fields[0].name)', which is their key"
            }
            for part in element.fields {
                guard let slot = target.slot(part.name) else {
                    return "elements with a field '\(part.name)' that is not"
                }
                if let problem = misfit(of: part, to: target.fields[slot]) { return problem }
            }
            let missing = target.fields.first {
                !$0.isOptional && $0.initial == .null && element.slot($0.name) == nil
            }
            return missing.map { "elements without '\($0.name)', which is not optional" }
        case (let type, let target):
            if type != target { return "'\(given.name)' is \(type.phrase) here, but \(target.phrase)" }
            return given.isOptional && !field.isOptional && field.first == nil
                ? "'\(given.name)' is optional here, but not" : nil
        }
    }

    // MARK: Timeouts

    func timeout(_ timeout: StateTable.Timeout) -> Workflow.TimeoutDefinition? {
        let scope = symbols.scope()
        let due: Workflow.TimeoutDefinition.Due
        let node: DocumentNode
        switch timeout.outline.due {
        case .literal(let literal):
            node = literal
            guard let checked = expressions.check(literal, in: NameScope(context: RecordType([]))) else { return nil }
            guard checked.type == .number(.duration) else {
                log.error(at: literal, "\(literal.phrase) is no duration", hint: "write its unit: 30s, 30m, 1h30m, 10d")
                return nil
            }
            checkPositive(checked, node)
            due = .within(checked.expression)
        case .within(let length):
            node = length
            guard let checked = expressions.value(length, .number(.duration), in: scope) else { return nil }
            if checked.type == .number(.plain) {
                log.error(at: length, "\(length.phrase) is no duration", hint: "write its unit: 30s, 30m, 1h30m, 10d")
            }
            checkPositive(checked, length)
            due = .within(checked.expression)
        case .at(let time):
            node = time
            guard let checked = expressions.value(time, .number(.time), in: scope) else { return nil }
            due = .at(checked.expression)
        }
        return Workflow.TimeoutDefinition(
            name: timeout.name, state: timeout.state, due: due, dueText: node.text.map { Text($0) },
            place: timeout.outline.node.place.inSource)
    }

    private func checkPositive(_ checked: CheckedExpression, _ node: DocumentNode) {
        guard let constant = checked.expression.constant, constant <= 0 else { return }
        log.error(
            at: node, "a timeout of \(node.phrase) is due at once", hint: "a timeout is longer than 0; or use `always:`"
        )
    }

    // MARK: Raised events

    /// Finds the data of internal events from the places that raise them. A place may use the data of another internal
    /// event, so this is repeated until nothing new is learned; what is wrong is found again, and told, afterwards.
    mutating func inferRaisedEvents() {
        guard let commands = symbols.commands else { return }
        log.isMuted = true
        defer { log.isMuted = false }
        for _ in 0..<WorkflowLimits.raiseChainMax {
            let known = symbols.raised
            for site in raiseSites() where commands[site.name] == nil {
                symbols.raised[site.name] = joined(symbols.raised[site.name], site.fields)
            }
            if symbols.raised == known { return }
        }
        log.isMuted = false
        log.error(
            at: outline.root.node,
            "event data is handed on through more than \(WorkflowLimits.raiseChainMax) raised events",
            hint: "keep it in the context")
    }

    private func raiseSites() -> [ActionBuilder.RaiseSite] {
        var builder = ActionBuilder(symbols: symbols, log: log)
        for row in symbols.states.rows {
            _ = builder.build(row.outline.entry + row.outline.exit, in: symbols.scope())
            for transition in row.outline.transitions {
                _ = builder.build(transition.actions, in: scope(of: transition.trigger))
            }
        }
        return builder.raises
    }

    /// What fits both; fields that do not fit keep the first type, and the other place gets a finding later.
    private func joined(_ known: RecordType?, _ fields: [RecordType.Field]) -> RecordType {
        guard let known else { return RecordType(fields) }
        return RecordType(
            known.fields.map { field in
                guard let other = fields.first(where: { $0.name == field.name }) else { return field }
                return RecordType.Field(
                    name: field.name, type: field.type.joined(with: other.type) ?? field.type,
                    isOptional: field.isOptional || other.isOptional)
            })
    }
}
