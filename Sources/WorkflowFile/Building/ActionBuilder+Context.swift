import WaybillCore

/// Actions that change the order's own data.
extension ActionBuilder {
    mutating func assignment(_ outline: Outline.Assignment, in scope: NameScope) -> Action.Assignment? {
        guard let (target, field) = target(outline.target, in: scope) else { return nil }
        let text = outline.value.text ?? ""
        let mode: Action.Assignment.Mode =
            text.hasPrefix("+ ") ? .add : text.hasPrefix("- ") ? .subtract : .replace
        if text.hasPrefix("* ") || text.hasPrefix("/ ") {
            log.error(
                at: outline.value, "found '\(text.prefix(2))x'; only `+ x` and `- x` change what is there",
                hint: "name the field: \(outline.target.text ?? field.name.string) \(text.prefix(1)) ...")
            return nil
        }
        guard mode != .replace else {
            return value(outline.value, field.type, in: scope).map {
                Action.Assignment(target: target, value: $0, mode: mode)
            }
        }
        guard case .number(let unit) = field.type else {
            log.error(
                at: outline.value, "found '\(text.prefix(2))x', but '\(field.name)' is \(field.type.phrase)",
                hint: "only numbers can be added to")
            return nil
        }
        // To a time a duration is added; to other numbers, numbers of their kind.
        let operand = ValueType.number(unit == .time ? .duration : unit)
        let checked = expressions.check(
            outline.value, text: String(text.dropFirst(2)), from: 2, in: scope,
            expecting: .value(operand, isOptional: true))
        guard let checked else { return nil }
        count(checked)
        return Action.Assignment(target: target, value: checked.expression, mode: mode)
    }

    /// The place that the key of an assignment means: `carrier`, or `lines[event.line].shipped`.
    private mutating func target(
        _ node: DocumentNode, in scope: NameScope
    ) -> (Action.Target, RecordType.Field)? {
        var names = scope
        // What is assigned to is a place in the order, whatever loops are around it.
        names.element = nil
        guard let checked = expressions.check(node, in: names) else { return nil }
        count(checked)
        let fields = symbols.context.fields
        switch checked.expression {
        case .context(let slot):
            if case .list(_, _, keyed: true) = fields[slot].type {
                log.error(
                    at: node, "'\(fields[slot].name)' is a keyed collection and is not assigned as a whole",
                    hint: "write put: {\(fields[slot].name): {...}}, or assign to a field of one element")
                return nil
            }
            return (.field(slot), fields[slot])
        case .member(.element(.context(let collection), let key), let slot):
            guard case .list(let element, _, _) = fields[collection].type else { return nil }
            guard slot > 0 else {
                log.error(at: node, "the key of an element cannot be changed", hint: "put a new element")
                return nil
            }
            return (.member(collection: collection, key: key, field: slot), element.fields[slot])
        case .literal, .event, .derived, .bound, .now, .order, .member, .element, .inState, .not, .negate, .binary,
            .between, .isIn, .isNull, .choice, .count, .aggregate, .allocate:
            log.error(
                at: node, "\(node.phrase) cannot be assigned to",
                hint: "assign to a field of the context, or of an element: 'lines[event.line].qty'")
            return nil
        }
    }

    mutating func put(_ collection: DocumentNode, _ entries: [Outline.Entry], in scope: NameScope) -> Action.Verb? {
        let name = Text(collection.text ?? "")
        guard let slot = symbols.context.slot(name),
            case .list(let element, _, keyed: true) = symbols.context.fields[slot].type,
            let keyField = element.fields.first
        else {
            guard !log.hasFailed(toDeclare: name) else { return nil }
            let collections = symbols.context.fields.filter {
                if case .list(_, _, keyed: true) = $0.type { true } else { false }
            }
            let nearest = nearestName(to: name, among: collections.map(\.name))
            log.error(
                at: collection, "\(collection.phrase) is no keyed collection of the context",
                hint: nearest.map { "did you mean '\($0)'?" } ?? "declare it: {key: line, max: 100, of: {...}}")
            return nil
        }
        var key: Expression?
        var fields: [Action.Put.Field] = []
        for entry in entries {
            guard let field = element.slot(entry.name) else {
                let nearest = nearestName(to: entry.name, among: element.fields.map(\.name))
                log.error(
                    at: entry.key, "the elements of \(name) have no field '\(entry.name)'",
                    hint: nearest.map { "did you mean '\($0)'?" })
                continue
            }
            guard let value = value(entry.value, element.fields[field].type, in: scope) else { continue }
            if field == 0 { key = value } else { fields.append(Action.Put.Field(slot: field, value: value)) }
        }
        guard entries.contains(where: { $0.name == keyField.name }) else {
            log.error(
                at: collection, "an element of \(name) without its key '\(keyField.name)'",
                hint: "add `\(keyField.name): ...`")
            return nil
        }
        return key.map { .put(Action.Put(collection: slot, key: $0, fields: fields)) }
    }
}
