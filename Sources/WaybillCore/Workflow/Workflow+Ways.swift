/// What ways leave and enter, which the chart alone decides: SCXML's getTransitionDomain and computeEntrySet.
extension Workflow {
    /// The innermost state that a way does not leave.
    package func domain(of transition: Transition, from source: Int, to target: Int) -> Int {
        if transition.isInternal, case .compound = states[source].kind, isDescendant(target, of: source) {
            return source
        }
        var state = states[source].parent
        while let current = state {
            if case .compound = states[current].kind, isDescendant(target, of: current) { return current }
            state = states[current].parent
        }
        // The root is never left, whatever its kind.
        return 0
    }

    /// Whether `state` lies properly below `ancestor`. States are numbered in document order, so a subtree is a range.
    package func isDescendant(_ state: Int, of ancestor: Int) -> Bool {
        state > ancestor && state <= states[ancestor].last
    }

    /// Adds the states that a way enters: its target, what lies between it and the domain, and their defaults.
    package func addEntries(of transition: Transition, from source: Int, to entered: inout StateSet) {
        guard let target = transition.target else { return }
        let domain = domain(of: transition, from: source, to: target)
        entered.insert(target)
        addDescendants(of: target, to: &entered)
        addAncestors(of: target, below: domain, to: &entered)
    }

    /// Adds what must be entered inside a state: the initial child, or every region.
    package func addDescendants(of state: Int, to entered: inout StateSet) {
        switch states[state].kind {
        case .atomic, .final:
            return
        case .compound(let initial):
            entered.insert(initial)
            addDescendants(of: initial, to: &entered)
            addAncestors(of: initial, below: state, to: &entered)
        case .parallel:
            addRegions(of: state, to: &entered)
        }
    }

    private func addAncestors(of state: Int, below domain: Int, to entered: inout StateSet) {
        var above = states[state].parent
        while let current = above, current != domain {
            entered.insert(current)
            if states[current].kind == .parallel { addRegions(of: current, to: &entered) }
            above = states[current].parent
        }
        // A parallel domain keeps its regions, except those that the way left: they are entered again.
        if states[domain].kind == .parallel { addRegions(of: domain, to: &entered) }
    }

    private func addRegions(of parallel: Int, to entered: inout StateSet) {
        for region in states[parallel].children {
            let range = region...states[region].last
            guard !range.contains(where: { entered.contains($0) }) else { continue }
            entered.insert(region)
            addDescendants(of: region, to: &entered)
        }
    }
}
