/// Which transitions are taken: SCXML's selectTransitions and removeConflictingTransitions.
extension Macrostep {
    /// An enabled transition with the state that holds it and the states that it leaves.
    struct Selected {
        let source: Int
        let transition: Transition
        let exits: StateSet
    }

    /// The optimal enabled set for a happening, in document order. Guards see the happening's data.
    mutating func select(for happening: Happening) throws(Refusal) -> [Selected] {
        switch happening {
        case .event(_, let data): scope.event = data
        case .always, .done, .timeout: scope.event = []
        }
        var chosen: [Selected] = []
        var seen = StateSet()
        for leaf in workflow.leaves(of: scope.configuration) {
            var state: Int? = leaf
            // A state that was chosen below another region already would answer the same again.
            while let current = state, !seen.contains(current) {
                if let transition = try enabled(in: current, for: happening) {
                    seen.insert(current)
                    let exits = exitSet(of: transition, from: current)
                    chosen.append(Selected(source: current, transition: transition, exits: exits))
                    break
                }
                state = workflow.states[current].parent
            }
        }
        return chosen.count > 1 ? withoutConflicts(chosen) : chosen
    }

    /// The first transition of a state, in document order, whose trigger fits and whose guard is true.
    private mutating func enabled(in state: Int, for happening: Happening) throws(Refusal) -> Transition? {
        for transition in workflow.states[state].transitions where fits(transition.trigger, happening, in: state) {
            guard let condition = transition.guarding else { return transition }
            if try holds(condition) { return transition }
        }
        return nil
    }

    func fits(_ trigger: Transition.Trigger, _ happening: Happening, in state: Int) -> Bool {
        switch (trigger, happening) {
        case (.event(let name), .event(let happened, _)): name == happened
        case (.always, .always): true
        case (.done, .done(let finished)): state == finished
        case (.timeout(let index), .timeout(let fired)): index == fired
        case (.event, _), (.always, _), (.done, _), (.timeout, _): false
        }
    }

    /// Of two transitions that leave a common state, the one from the inner state wins, else the earlier one.
    func withoutConflicts(_ chosen: [Selected]) -> [Selected] {
        var kept: [Selected] = []
        for candidate in chosen {
            var preempted = false
            var beaten: [Int] = []
            for (index, other) in kept.enumerated() where candidate.exits.intersects(other.exits) {
                if workflow.isDescendant(candidate.source, of: other.source) {
                    beaten.append(index)
                } else {
                    preempted = true
                    break
                }
            }
            if preempted { continue }
            for index in beaten.reversed() { kept.remove(at: index) }
            kept.append(candidate)
        }
        return kept
    }

    /// The active states below the transition's domain; empty without a target.
    func exitSet(of transition: Transition, from source: Int) -> StateSet {
        var exits = StateSet()
        guard let target = transition.target else { return exits }
        let domain = workflow.domain(of: transition, from: source, to: target)
        let below = domain + 1..<workflow.states[domain].last + 1
        scope.configuration.forEach { if below.contains($0) { exits.insert($0) } }
        return exits
    }
}
