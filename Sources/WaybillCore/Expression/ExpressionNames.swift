/// What the slots of checked expressions are called, and the types of what they give: for refusals, which people read.
///
/// A checked expression does not keep what an element that runs through a collection was called: here it has the first
/// letter of its collection.
struct ExpressionNames {
    let context: RecordType
    let event: RecordType
    let derived: [Workflow.Derived]
    let states: [State]
    /// The bound elements, the outermost first.
    private(set) var bound: [Bound] = []

    /// An element that runs through a collection.
    struct Bound {
        let name: String
        let record: RecordType?
    }

    /// - Parameter event: the data of the event.
    init(of workflow: Workflow, event: RecordType) {
        context = workflow.context
        derived = workflow.derived
        states = workflow.states
        self.event = event
    }

    /// The same inside of what runs over a collection.
    func binding(_ depth: Int, over collection: Expression) -> ExpressionNames {
        var inner = self
        while inner.bound.count < depth { inner.bound.append(Bound(name: "x", record: nil)) }
        inner.bound.removeSubrange(depth...)
        var record: RecordType?
        if case .list(let element, _, _) = valueType(of: collection) { record = element }
        inner.bound.append(Bound(name: elementName(of: collection), record: record))
        return inner
    }

    /// The same without bound elements, as a `derive:` entry sees it.
    var unbound: ExpressionNames {
        var outer = self
        outer.bound = []
        return outer
    }

    private func elementName(of collection: Expression) -> String {
        guard case .context(let slot) = collection, let first = context.field(slot)?.name.string.first else {
            return "x"
        }
        return String(first)
    }

    /// The expression of a `derive:` entry, or nil.
    func derivedExpression(_ index: Int) -> Expression? {
        derived.indices.contains(index) ? derived[index].expression : nil
    }

    // MARK: Types

    /// The type of what an expression gives; nil: it is not known.
    func valueType(of expression: Expression) -> ValueType? {
        switch expression {
        case .literal(let value): valueType(of: value)
        case .context(let slot): context.field(slot)?.type
        case .event(let slot): event.field(slot)?.type
        case .derived(let index): derivedExpression(index).flatMap { unbound.valueType(of: $0) }
        case .bound(let depth): bound.indices.contains(depth) ? bound[depth].record.map { .record($0) } : nil
        case .now, .order(.placedAt): .number(.time)
        case .order(.id): .text
        case .order(.version), .count: .number(.count)
        case .member(let record, let slot): self.record(record)?.field(slot)?.type
        case .element(let collection, _): elements(of: collection).map { .record($0) }
        case .inState, .not, .between, .isIn, .isNull: .bool
        case .negate(let operand): valueType(of: operand)
        case .binary(let operation, let left, let right): valueType(of: operation, left, right)
        case .choice(let branches, let otherwise):
            (branches.map(\.value) + (otherwise.map { [$0] } ?? [])).lazy.compactMap { valueType(of: $0) }
                .first { $0 != .null }
        case .aggregate(let aggregate, let over, let depth, let body):
            switch aggregate {
            case .sum, .min, .max: binding(depth, over: over).valueType(of: body)
            case .count: .number(.count)
            case .every, .any: .bool
            }
        case .allocate(let amount, _, _, _): valueType(of: amount).map { Self.parts(of: $0) }
        }
    }

    /// What ALLOCATE gives.
    private static func parts(of amount: ValueType) -> ValueType {
        let fields = [
            RecordType.Field(name: "key", type: .text, isOptional: false),
            RecordType.Field(name: "amount", type: amount, isOptional: false),
        ]
        return .list(of: RecordType(fields), countMax: .max, keyed: true)
    }

    private func valueType(of value: Value) -> ValueType? {
        switch value {
        case .null: .null
        case .bool: .bool
        case .int: .number(.plain)
        case .text: .text
        case .record, .list: nil
        }
    }

    private func valueType(of operation: Expression.Operator, _ left: Expression, _ right: Expression) -> ValueType? {
        switch operation {
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .and, .or, .contains, .startsWith,
            .endsWith:
            return .bool
        case .concatenate: return .text
        case .add, .subtract, .multiply, .divide, .remainder:
            let sides = [valueType(of: left), valueType(of: right)]
            if sides == [.number(.time), .number(.time)] { return .number(.duration) }
            let units: [ValueType] = [
                .number(.time), .number(.duration), .number(.signedCents), .number(.cents), .number(.count),
            ]
            return units.first { sides.contains($0) } ?? .number(.plain)
        }
    }

    private func record(_ expression: Expression) -> RecordType? {
        if case .record(let record) = valueType(of: expression) { record } else { nil }
    }

    /// What the elements of a collection are.
    func elements(of collection: Expression) -> RecordType? {
        if case .list(let element, _, _) = valueType(of: collection) { element } else { nil }
    }

    /// The name of a field of a record.
    func field(_ slot: Int, of record: Expression) -> String {
        self.record(record)?.field(slot)?.name.string ?? "?"
    }
}

extension RecordType {
    /// The field in a slot, or nil where there is none.
    func field(_ slot: Int) -> Field? { fields.indices.contains(slot) ? fields[slot] : nil }
}
