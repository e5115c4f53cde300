/// A way that a command may take in an order as it is: from which state, where to, who may send it, and whether its
/// guard lets it through.
package struct OrderWay: Hashable, Sendable {
    package var command: EventName
    /// The roles that may send it; empty: anyone.
    package var roles: [Text]
    /// The path of the active state that has the transition; empty: the whole order.
    package var state: Text
    /// The path of the state that it leads to; nil: no state is left.
    package var target: Text?
    /// The guard as the workflow has it; nil: there is none.
    package var guarding: Text?
    /// The sentence that the workflow gives for the guard.
    package var because: Text?
    package var outlook: Outlook
    /// What of the guard is not true, whatever the command says.
    package var obstacles: [Refusal.Condition.Part] = []
    /// What the guard reads of the order, with its value.
    package var reads: [Reading] = []

    /// What can be said of a guard before the command's data is known.
    package enum Outlook: String, Sendable, CaseIterable {
        /// True, or there is no guard.
        case open
        /// Not true, whatever the command says.
        case closed
        /// That depends on the command's data.
        case byData = "by_data"
    }

    package struct Reading: Hashable, Sendable {
        package var name: Text
        package var value: Text

        package init(name: Text, value: Text) {
            self.name = name
            self.value = value
        }
    }

    package init(
        command: EventName, roles: [Text], state: Text, target: Text?, guarding: Text?, because: Text?,
        outlook: Outlook
    ) {
        self.command = command
        self.roles = roles
        self.state = state
        self.target = target
        self.guarding = guarding
        self.because = because
        self.outlook = outlook
    }
}

extension Workflow {
    /// Every way that a declared command (or any event, without declarations) may take in an order, in the order of the
    /// file.
    package func ways(of order: Order, at now: Moment) -> [OrderWay] {
        guard !isFinished(order.configuration) else { return [] }
        let scope = Scope(
            context: order.context, derived: derivedExpressions, configuration: order.configuration, now: now,
            orderID: order.id.text, version: order.version, placedAt: order.placedAt)
        var ways: [OrderWay] = []
        for state in order.configuration.states {
            for transition in states[state].transitions {
                guard case .event(let name) = transition.trigger, commands.isEmpty || command(name) != nil else {
                    continue
                }
                ways.append(way(of: name, by: transition, from: state, in: scope))
            }
        }
        return ways
    }

    private func way(of name: EventName, by transition: Transition, from state: Int, in scope: Scope) -> OrderWay {
        let definition = command(name)
        var way = OrderWay(
            command: name, roles: definition?.roles ?? [], state: states[state].path,
            target: transition.target.map { states[$0].path }, guarding: transition.guardText,
            because: transition.because, outlook: .open)
        guard let condition = transition.guarding else { return way }
        let event = definition?.data ?? RecordType([])
        var reading = ConditionReading(scope, of: self, event: event)
        way.outlook = reading.outlook(of: condition)
        way.reads = reading.reads(of: condition)
        if way.outlook == .closed { way.obstacles = reading.obstacles(of: condition) }
        return way
    }
}

extension ConditionReading {
    /// What a condition may come to while the event's data is not known.
    private enum Truth: CaseIterable {
        case yes, no, unknown
    }

    fileprivate mutating func outlook(of condition: Expression) -> OrderWay.Outlook {
        let truths = truths(of: condition)
        guard truths.contains(.yes) else { return .closed }
        return truths.count == 1 ? .open : .byData
    }

    private mutating func truths(of condition: Expression) -> Set<Truth> {
        guard condition.readsEvent else {
            let flag = scope.truthIfAny(of: condition)
            // What takes too many steps here is tried again by the command, which may take more.
            guard flag != nil || scope.stepsLeft >= 0 else { return Set(Truth.allCases) }
            return [flag.map { $0 ? .yes : .no } ?? .unknown]
        }
        switch condition {
        case .binary(.and, let left, let right): return combine(left, right, deciding: .no, else: .yes)
        case .binary(.or, let left, let right): return combine(left, right, deciding: .yes, else: .no)
        case .not(let operand):
            return Set(
                truths(of: operand).map { truth in
                    switch truth {
                    case .yes: .no
                    case .no: .yes
                    case .unknown: .unknown
                    }
                })
        case .literal, .context, .event, .derived, .bound, .now, .order, .member, .element, .inState, .negate, .binary,
            .between, .isIn, .isNull, .choice, .count, .aggregate, .allocate:
            return Set(Truth.allCases)
        }
    }

    /// Both sides of an AND or an OR: one side may decide it, whatever the other one says, also when that is unknown.
    private mutating func combine(
        _ left: Expression, _ right: Expression, deciding: Truth, else other: Truth
    ) -> Set<Truth> {
        let (lefts, rights) = (truths(of: left), truths(of: right))
        return Set(
            lefts.flatMap { left in
                rights.map { right in
                    if left == deciding || right == deciding { return deciding }
                    return left == .unknown || right == .unknown ? .unknown : other
                }
            })
    }

    /// What of a condition is not true without the event's data.
    fileprivate mutating func obstacles(of condition: Expression) -> [Refusal.Condition.Part] {
        switch condition {
        case .binary(.and, let left, let right), .binary(.or, let left, let right):
            return obstacles(of: left) + obstacles(of: right)
        case .literal, .context, .event, .derived, .bound, .now, .order, .member, .element, .inState, .not, .negate,
            .binary, .between, .isIn, .isNull, .choice, .count, .aggregate, .allocate:
            guard !truths(of: condition).contains(.yes) else { return [] }
            return Self.parts(of: condition, in: scope, names)
        }
    }

    /// What a condition reads of the order between its operators, with the values.
    fileprivate mutating func reads(of condition: Expression) -> [OrderWay.Reading] {
        var reads: [OrderWay.Reading] = []
        for operand in condition.operands where !operand.readsEvent {
            guard let value = scope.valueIfAny(of: operand) else { continue }
            let reading = OrderWay.Reading(
                name: Text(ExpressionWords.names(operand, names)),
                value: Text(ExpressionWords.text(of: value, as: names.valueType(of: operand))))
            if !reads.contains(reading) { reads.append(reading) }
        }
        return reads
    }
}
