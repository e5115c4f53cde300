import WaybillCore

/// Where an action stands in a chart: what has happened when it runs, and what follows.
enum ActionPlace: Hashable {
    case entry(Int)
    case exit(Int)
    case way(JudgedChart.Way)
}

extension JudgedChart {
    /// A list of actions, as written and as it runs.
    struct ActionList {
        let place: ActionPlace
        let outlines: [Outline.Action]
        let actions: [Action]

        /// The actions as written, those inside loops too.
        var flat: [Outline.Action] { outlines.flatMap(\.withBody) }
    }

    /// Every list of actions of the states that an order can be in.
    var actionLists: [ActionList] {
        reached.states.flatMap { state -> [ActionList] in
            let outline = states.rows[state].outline
            let built = workflow.states[state]
            return [
                ActionList(place: .entry(state), outlines: outline.entry, actions: built.entry),
                ActionList(place: .exit(state), outlines: outline.exit, actions: built.exit),
            ]
                + ways(of: state).map { way in
                    ActionList(
                        place: .way(way), outlines: outline.transitions[way.index].actions,
                        actions: built.transitions[way.index].actions)
                }
        }
    }
}

extension Outline.Action {
    /// The action and those inside it.
    fileprivate var withBody: [Outline.Action] {
        guard case .forEach(_, _, let body) = verb else { return [self] }
        return [self] + body.flatMap(\.withBody)
    }
}

extension Expression {
    /// Whether it, or a part of it, or of a `derive:` entry that it uses, satisfies `condition`.
    func contains(_ derived: [Expression], where condition: (Expression) -> Bool) -> Bool {
        if condition(self) { return true }
        if case .derived(let index) = self, derived.indices.contains(index) {
            return derived[index].contains(derived, where: condition)
        }
        return parts.contains { $0.contains(derived, where: condition) }
    }
}
