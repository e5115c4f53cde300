extension Workflow {
    /// Every status that an order may have; nil: the workflow computes it, and it could be any text.
    package var statuses: Set<Text>? {
        guard let status else {
            return Set(states.filter { $0.children.isEmpty }.map(\.path))
        }
        return status.texts(derived: derivedExpressions)
    }
}

extension Expression {
    /// The texts that an expression may give; nil: it computes them.
    fileprivate func texts(derived: [Expression]) -> Set<Text>? {
        switch self {
        case .literal(.text(let text)): return [text]
        // Without a value the status is empty.
        case .literal(.null): return [""]
        case .derived(let index): return derived.indices.contains(index) ? derived[index].texts(derived: derived) : nil
        case .choice(let branches, let otherwise):
            var all: Set<Text> = otherwise == nil ? [""] : []
            for value in branches.map(\.value) + (otherwise.map { [$0] } ?? []) {
                guard let texts = value.texts(derived: derived) else { return nil }
                all.formUnion(texts)
            }
            return all
        case .literal, .context, .event, .bound, .now, .order, .member, .element, .inState, .not, .negate, .binary,
            .between, .isIn, .isNull, .count, .aggregate, .allocate:
            return nil
        }
    }
}
