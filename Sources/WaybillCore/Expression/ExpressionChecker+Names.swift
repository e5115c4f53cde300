/// From names to slots.
extension ExpressionChecker {
    /// A bare name: what is bound, innermost first, then the order's fields, then `derive:`.
    func resolve(_ name: Text, at offset: Int) throws(ExpressionProblem) -> CheckedExpression {
        if name == "now" { return leaf(.now, .number(.time)) }
        if name == "event" || name == "order" {
            throw ExpressionProblem(
                .name, at: offset, "'\(name)' alone has no value",
                hint: name == "order" ? "write order.id, order.version or order.placed_at" : "write event.field")
        }
        for binding in bindings.reversed() {
            if binding.name == name { return leaf(.bound(binding.depth), binding.type) }
            if binding.name == nil, case .record(let record) = binding.type, let slot = record.slot(name) {
                return leaf(.member(.bound(binding.depth), slot), record.fields[slot], cost: 2)
            }
        }
        if let slot = names.context.slot(name) { return leaf(.context(slot), names.context.fields[slot]) }
        if let index = names.derived.firstIndex(where: { $0.name == name }) {
            let derived = names.derived[index]
            let inner = CheckedExpression(
                expression: .derived(index), type: derived.type, isOptional: derived.isOptional, cost: derived.cost,
                depth: derived.depth)
            return try node(.derived(index), derived.type, at: offset, over: inner)
        }
        throw ExpressionProblem(
            .name, at: offset, "unknown name '\(name)'", hint: hint(for: name), unknown: .name(name))
    }

    /// A field of the event, of the order's own facts, or of a record.
    mutating func member(
        _ name: ExpressionSyntax.Name, of value: ExpressionSyntax
    ) throws(ExpressionProblem) -> CheckedExpression {
        if case .name("event") = value.kind { return try eventField(name, at: value.offset) }
        if case .name("order") = value.kind { return try orderFact(name) }
        let record = try check(value)
        guard case .record(let type) = record.type else {
            throw ExpressionProblem(
                .type, at: value.offset, "found \(record.type.phrase), expected a record before '.\(name.text)'",
                hint: memberHint(name.text, of: record.type))
        }
        let slot = try slot(name, of: type)
        let field = type.fields[slot]
        return try node(
            .member(record.expression, slot), field.type, at: value.offset, over: record,
            isOptional: record.isOptional || field.isOptional)
    }

    private func memberHint(_ name: Text, of type: ValueType) -> String? {
        switch type {
        case .list(_, _, keyed: true): "pick one element, ['key'].\(name), or run over all: SUM(l IN ...: l.\(name))"
        case .list(_, _, keyed: false): "run over its elements, such as SUM(l IN ...: l.\(name))"
        case .bool, .text, .number, .record, .null: nil
        }
    }

    private func eventField(
        _ name: ExpressionSyntax.Name, at offset: Int
    ) throws(ExpressionProblem) -> CheckedExpression {
        guard let event = names.event else {
            throw ExpressionProblem(
                .name, at: offset, "'event.\(name.text)' is used where there is no event data",
                hint: "keep what is needed later in a context field", unknown: .part(name.text))
        }
        let slot = try slot(name, of: event)
        return leaf(.event(slot), event.fields[slot])
    }

    private func orderFact(_ name: ExpressionSyntax.Name) throws(ExpressionProblem) -> CheckedExpression {
        guard let known = NameScope.orderFacts.first(where: { $0.name == name.text }) else {
            let fields = NameScope.orderFacts.map(\.name.string).joined(separator: ", ")
            throw ExpressionProblem(
                .name, at: name.offset, "unknown field '\(name.text)', the fields of `order` are \(fields)",
                hint: didYouMean(nearestName(to: name.text, among: NameScope.orderFacts.map(\.name))),
                unknown: .part(name.text))
        }
        return leaf(.order(known.fact), known.type)
    }

    private func slot(_ name: ExpressionSyntax.Name, of record: RecordType) throws(ExpressionProblem) -> Int {
        if let slot = record.slot(name.text) { return slot }
        let fields = record.fields.map(\.name)
        let listed = fields.isEmpty ? "there are none" : "there are \(fields.map(\.string).joined(separator: ", "))"
        throw ExpressionProblem(
            .name, at: name.offset, "unknown field '\(name.text)', \(listed)",
            hint: didYouMean(nearestName(to: name.text, among: fields)), unknown: .part(name.text))
    }

    /// Whether an order is in a state, by the state's path.
    func inState(_ path: Text, at offset: Int) throws(ExpressionProblem) -> CheckedExpression {
        if !path.isEmpty, let state = names.states.firstIndex(of: path) { return leaf(.inState(state), .bool) }
        // The last part alone is the commonest slip: states are named by their whole path.
        let ending = names.states.first { $0.string.hasSuffix(".\(path)") }
        throw ExpressionProblem(
            .name, at: offset, "unknown state '\(path)'",
            hint: didYouMean(path.isEmpty ? nil : ending ?? nearestName(to: path, among: names.states)),
            unknown: .part(path))
    }

    private func leaf(_ expression: Expression, _ type: ValueType) -> CheckedExpression {
        CheckedExpression(expression: expression, type: type, isOptional: false, cost: 1, depth: 1)
    }

    private func leaf(_ expression: Expression, _ field: RecordType.Field, cost: Int = 1) -> CheckedExpression {
        CheckedExpression(
            expression: expression, type: field.type, isOptional: field.isOptional, cost: cost, depth: cost)
    }

    // MARK: Hints

    /// The path on which a mistyped or misplaced name exists.
    private func hint(for name: Text) -> String? {
        for binding in bindings.reversed() {
            if let bound = binding.name, case .record(let record) = binding.type, record.slot(name) != nil {
                return didYouMean("\(bound).\(name)")
            }
        }
        if names.event?.slot(name) != nil { return didYouMean("event.\(name)") }
        if NameScope.orderFacts.contains(where: { $0.name == name }) { return didYouMean("order.\(name)") }
        if let duration = Interval(iso8601: name) { return "a duration is written \(duration.text)" }
        return didYouMean(nearestName(to: name, among: visibleNames))
    }

    private var visibleNames: [Text] {
        var result: [Text] = []
        for binding in bindings.reversed() {
            if let name = binding.name {
                result.append(name)
            } else if case .record(let record) = binding.type {
                result += record.fields.map(\.name)
            }
        }
        return result + names.context.fields.map(\.name) + names.derived.map(\.name) + ExpressionParser.roots
    }

    private func didYouMean(_ name: Text?) -> String? { name.map { "did you mean '\($0)'?" } }

    /// Refuses a name for an aggregate's element that hides another one.
    func checkUnused(_ name: ExpressionSyntax.Name) throws(ExpressionProblem) {
        guard !ExpressionParser.isReserved(name.text), !visibleNames.contains(name.text) else {
            throw ExpressionProblem(
                .name, at: name.offset, "'\(name.text)' already means something else here",
                hint: "choose another name for the element")
        }
    }
}
