/// Finds out which parts of a condition are not true, and what they read: for a refusal, never on the way of a command
/// that is accepted.
struct ConditionReading {
    /// Parts that one condition tells of.
    private static let partsMax = 8
    /// Steps that the reading of one condition may take.
    private static let stepsMax = 200_000

    let names: ExpressionNames
    var scope: Scope
    private var parts: [Refusal.Condition.Part] = []

    /// - Parameter event: the data of the event.
    init(_ scope: Scope, of workflow: Workflow, event: RecordType = RecordType([])) {
        names = ExpressionNames(of: workflow, event: event)
        self.scope = scope
        self.scope.bound = []
        self.scope.stepsLeft = Self.stepsMax
    }

    private init(names: ExpressionNames, scope: Scope) {
        self.names = names
        self.scope = scope
    }

    /// What of a condition is not true, each part with the values that it reads.
    static func parts(
        of condition: Expression, in scope: Scope, of workflow: Workflow, event: RecordType = RecordType([])
    ) -> [Refusal.Condition.Part] {
        let reading = ConditionReading(scope, of: workflow, event: event)
        return parts(of: condition, in: reading.scope, reading.names)
    }

    static func parts(of condition: Expression, in scope: Scope, _ names: ExpressionNames) -> [Refusal.Condition.Part] {
        var reading = ConditionReading(names: names, scope: scope)
        reading.read(condition, names)
        return reading.parts
    }

    /// Goes down to the parts that decide: both sides of an AND or an OR, and what a `derive:` entry consists of.
    private mutating func read(_ condition: Expression, _ names: ExpressionNames) {
        guard parts.count < Self.partsMax, scope.truthIfAny(of: condition) != true else { return }
        switch condition {
        case .binary(.and, let left, let right), .binary(.or, let left, let right):
            read(left, names)
            read(right, names)
        case .derived(let index):
            guard let inner = names.derivedExpression(index) else { return add(condition, names) }
            let bound = scope.bound
            scope.bound = []
            read(inner, names.unbound)
            scope.bound = bound
        case .literal, .context, .event, .bound, .now, .order, .member, .element, .inState, .not, .negate, .binary,
            .between, .isIn, .isNull, .choice, .count, .aggregate, .allocate:
            add(condition, names)
        }
    }

    private mutating func add(_ condition: Expression, _ names: ExpressionNames) {
        let part = Refusal.Condition.Part(
            text: ExpressionWords.names(condition, names), finding: finding(of: condition, names),
            field: condition.eventFields.first.flatMap { names.event.field($0)?.name.string })
        if !parts.contains(part) { parts.append(part) }
    }

    private mutating func finding(of condition: Expression, _ names: ExpressionNames) -> String {
        if let missing = missingElement(in: condition, names) { return missing }
        switch condition {
        case .aggregate(.every, let over, let depth, let body):
            if let found = element(of: over, depth, where: body, is: false, names) { return found }
        case .not(.aggregate(.any, let over, let depth, let body)):
            if let found = element(of: over, depth, where: body, is: true, names) { return found }
        case .not(.isNull(let operand)): return "\(ExpressionWords.names(operand, names)) has no value"
        case .isNull(let operand):
            let value = ExpressionWords.values(operand, names, in: scope)
            return "\(ExpressionWords.names(operand, names)) is \(value)"
        case .literal, .context, .event, .derived, .bound, .now, .order, .member, .element, .inState, .not, .negate,
            .binary, .between, .isIn, .choice, .count, .aggregate, .allocate:
            break
        }
        guard scope.truthIfAny(of: condition) == nil else {
            return "\(condition.isOperand ? "it" : ExpressionWords.values(condition, names, in: scope)) is false"
        }
        guard let empty = emptyOperand(of: condition, names) else { return "it is not known" }
        return "\(empty) has no value"
    }

    /// Which element of a collection decides, and how: `of the line 2: 1 = 3 is false`.
    private mutating func element(
        of collection: Expression, _ depth: Int, where body: Expression, is deciding: Bool, _ names: ExpressionNames
    ) -> String? {
        guard case .list(let elements)? = scope.valueIfAny(of: collection) else { return nil }
        let inner = names.binding(depth, over: collection)
        let outer = scope.bind(depth: depth)
        defer { scope.unbind(outer) }
        for (index, element) in elements.enumerated() {
            scope.bound[depth] = element
            guard scope.truthIfAny(of: body) == deciding else { continue }
            let found = ExpressionWords.values(body, inner, in: scope)
            return "of \(name(of: element, at: index, in: collection, names)): \(found) is \(deciding)"
        }
        return nil
    }

    /// `the line 2` of a keyed collection, else by its place.
    private func name(
        of element: Value, at index: Int, in collection: Expression, _ names: ExpressionNames
    ) -> String {
        guard case .context(let slot) = collection, case .list(_, _, keyed: true)? = names.context.field(slot)?.type,
            let key = element.key, let field = names.elements(of: collection)?.field(0)
        else { return "element \(index + 1)" }
        return "the \(field.name) \(key.plainText.shortened)"
    }

    // MARK: What is not there

    /// `there is no line 9; there are 1, 2`, when the condition looks for an element that its collection has not.
    private mutating func missingElement(in condition: Expression, _ names: ExpressionNames) -> String? {
        for case .element(let collection, let key) in condition.elementsLookedUp {
            guard let wanted = scope.valueIfAny(of: key), wanted != .null,
                case .list(let elements)? = scope.valueIfAny(of: collection),
                !elements.contains(where: { $0.key == wanted })
            else { continue }
            return elements.absence(of: wanted.plainText, called: names.elements(of: collection)?.field(0)?.name)
        }
        return nil
    }

    /// The first operand that is empty.
    private mutating func emptyOperand(of condition: Expression, _ names: ExpressionNames) -> String? {
        for operand in condition.operands {
            if case .null? = scope.valueIfAny(of: operand) { return ExpressionWords.names(operand, names) }
        }
        return nil
    }
}

extension [Value] {
    /// Keys that are named where one is missing.
    private static var keysMax: Int { 5 }

    /// `there is no line 9; there are 1, 2`: what a keyed collection has instead of the element that is looked for.
    ///
    /// - Parameter keyName: what the collection calls its key.
    func absence(of key: Text, called keyName: Text?) -> String {
        let keys = prefix(Self.keysMax).compactMap { $0.key?.plainText.shortened }
        let more = count > keys.count ? " and \(count - keys.count) more" : ""
        let known = keys.count == 1 ? "there is only" : "there are"
        return "there is no \(keyName ?? "element") \(key.shortened); "
            + (keys.isEmpty ? "there are none" : "\(known) \(keys.joined(separator: ", "))\(more)")
    }
}

extension Scope {
    /// The truth of a condition; nil: it has none, or takes too long.
    mutating func truthIfAny(of condition: Expression) -> Bool? {
        if case .bool(let flag)? = valueIfAny(of: condition) { flag } else { nil }
    }
}

// MARK: - Parts of an expression

extension Expression {
    /// The expressions that this one is made of, the first one first. Those that run over a collection, whose values
    /// differ from one element to the next, are left out.
    private var inner: [Expression] {
        switch self {
        case .literal, .context, .event, .derived, .bound, .now, .order, .inState: []
        case .member(let record, _): [record]
        case .element(let collection, let key): [collection, key]
        case .not(let operand), .negate(let operand), .isNull(let operand), .count(let operand): [operand]
        case .binary(_, let left, let right): [left, right]
        case .between(let value, let low, let high): [value, low, high]
        case .isIn(let value, let list): [value] + list
        case .choice(let branches, let otherwise):
            branches.flatMap { [$0.condition, $0.value] } + (otherwise.map { [$0] } ?? [])
        case .aggregate(_, let over, _, _): [over]
        case .allocate(let amount, let over, _, _): [amount, over]
        }
    }

    /// What it is made of, one level down.
    package var parts: [Expression] {
        switch self {
        case .aggregate(_, let over, _, let body): [over, body]
        case .allocate(let amount, let over, _, let weight): [amount, over, weight]
        case .literal, .context, .event, .derived, .bound, .now, .order, .inState, .member, .element, .not, .negate,
            .isNull, .count, .binary, .between, .isIn, .choice:
            inner
        }
    }

    /// What is read or computed, between the operators.
    var operands: [Expression] { isOperand ? [self] : inner.flatMap(\.operands) }

    /// The elements of collections that are looked up by key, outside of what runs over a collection.
    fileprivate var elementsLookedUp: [Expression] {
        let below = inner.flatMap(\.elementsLookedUp)
        if case .element = self { return below + [self] }
        return below
    }

    /// The slots of the event's data that it reads.
    var eventFields: [Int] {
        if case .event(let slot) = self { return [slot] }
        return parts.flatMap(\.eventFields)
    }

    /// Whether its value depends on the event's data. A `derive:` entry sees none.
    var readsEvent: Bool {
        if case .event = self { return true }
        return parts.contains(where: \.readsEvent)
    }
}
