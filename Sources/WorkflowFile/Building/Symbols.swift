import WaybillCore

/// What the names of a workflow stand for, for the parts that use them.
struct Symbols {
    let context: RecordType
    var derived: [NameScope.Derived] = []
    let states: StateTable
    /// Nil: the workflow declares no commands and accepts any event without data.
    let commands: [EventName: RecordType]?
    /// The kinds of child orders that are declared.
    var children: [WorkflowName] = []
    /// The data of events that the order raises itself, as the places that raise them say.
    var raised: [EventName: RecordType] = [:]

    /// Optional context fields that have a value from the first step on.
    var filled: Set<Text> = []

    /// The data of an event, where it is known.
    func data(of event: EventName) -> RecordType? {
        guard let commands else { return RecordType([]) }
        return commands[event] ?? raised[event]
    }

    /// The names that an expression sees; `event` nil: no event is at hand.
    func scope(event: RecordType? = nil) -> NameScope {
        NameScope(context: context, derived: derived, event: event, states: states.paths)
    }
}

/// Checks the expressions of a file and turns their problems into findings at the right place.
struct ExpressionReader {
    let log: FindingLog
    /// The name of the `derive:` entry that is read, and of those that are declared below it; none: it is no entry.
    var later: [Text] = []
    /// Optional context fields that have a value from the first step on.
    var filled: Set<Text> = []

    func check(_ node: DocumentNode, in scope: NameScope, expecting: ExpectedType? = nil) -> CheckedExpression? {
        check(node, text: node.text ?? "", from: 0, in: scope, expecting: expecting)
    }

    /// Checks a part of a scalar that starts `offset` bytes into it.
    func check(
        _ node: DocumentNode, text: String, from offset: Int, in scope: NameScope, expecting: ExpectedType? = nil
    ) -> CheckedExpression? {
        do throws(ExpressionProblem) {
            let checked = try checkExpression(text, in: scope, expecting: expecting)
            guard checked.cost <= WorkflowLimits.expressionCostMax else {
                log.error(
                    at: node, "costs up to \(checked.cost) steps, more than \(WorkflowLimits.expressionCostMax)",
                    hint: "lower the `max:` of the collections it runs over, or do not nest the runs")
                return nil
            }
            warn(of: checked, at: node, in: scope, isAsked: expecting == .condition)
            return checked
        } catch {
            // A name whose declaration was found wrong is unknown for that reason. Entries of `derive:` that ask for
            // each other say so each.
            if let name = error.unknown?.text, log.hasFailed(toDeclare: name),
                later.isEmpty || !log.hasAskedTooEarly(name)
            {
                return nil
            }
            let isEarly = later.contains { error.unknown == .name($0) }
            if isEarly, let entry = later.first { log.asksTooEarly(entry) }
            let hint = isEarly ? "an entry of `derive:` sees only those before it" : error.hint
            log.error(at: node, byte: offset + error.offset, error.message, hint: hint)
            return nil
        }
    }

    /// Tells where a `NOT` meets what may be empty.
    func warn(of checked: CheckedExpression, at node: DocumentNode, in scope: NameScope, isAsked: Bool = true) {
        var search = EmptyNot(scope, filled: filled)
        search.look(at: checked.expression, isAsked: isAsked)
        for name in search.names {
            log.warning(
                at: node, "NOT of '\(name)', which may be empty: then this is not true, and not false",
                hint: "write \(name) IS NULL OR NOT ..., or \(name) IS NOT NULL AND NOT ...")
        }
    }

    func condition(_ node: DocumentNode, in scope: NameScope) -> CheckedExpression? {
        check(node, in: scope, expecting: .condition)
    }

    /// A value of a type. It may be NULL: what NULL means is decided where the value is used.
    func value(_ node: DocumentNode, _ type: ValueType, in scope: NameScope) -> CheckedExpression? {
        check(node, in: scope, expecting: .value(type, isOptional: true))
    }
}

extension Expression {
    /// The number that this expression always is, when it is written as one.
    var constant: Int64? {
        switch self {
        case .literal(.int(let number)): return number
        case .negate(let operand):
            guard let number = operand.constant, number != .min else { return nil }
            return -number
        case .literal, .context, .event, .derived, .bound, .now, .order, .member, .element, .inState, .not, .binary,
            .between, .isIn, .isNull, .choice, .count, .aggregate, .allocate:
            return nil
        }
    }
}
