/// Leaving and entering states: SCXML's exitStates, enterStates and the computation of the entry set.
extension Macrostep {
    /// Leaves states, inner and later ones first: their timeouts are cancelled, their exit actions run.
    mutating func leave(_ states: StateSet) throws(Refusal) {
        for state in states.states.reversed() {
            try perform(workflow.states[state].exit)
            for index in workflow.states[state].timeouts {
                let name = workflow.timeouts[index].name
                guard order.timeouts.contains(where: { $0.name == name }) else { continue }
                order.stop(name)
                outcome.stop(name)
            }
            scope.configuration.remove(state)
            outcome.leave(state)
        }
    }

    /// Enters states, outer and earlier ones first: their entry actions run, their timeouts are armed.
    mutating func enter(_ states: StateSet) throws(Refusal) {
        for state in states.states where !scope.configuration.contains(state) {
            scope.configuration.insert(state)
            outcome.enter(state)
            try perform(workflow.states[state].entry)
            for index in workflow.states[state].timeouts { try arm(index) }
            if workflow.states[state].kind == .final { reachFinal(state) }
        }
    }

    private mutating func arm(_ index: Int) throws(Refusal) {
        let definition = workflow.timeouts[index]
        let due: Moment
        switch definition.due {
        case .within(let expression):
            // A timeout without a length or time (NULL) is not armed: an optional deadline.
            guard case .int(let length) = try value(expression) else { return }
            due = max(earliestDue, now.advanced(by: Interval(milliseconds: length)))
        case .at(let expression):
            guard case .int(let time) = try value(expression) else { return }
            due = max(earliestDue, Moment(milliseconds: time))
        }
        setTimeout(Order.PendingTimeout(name: definition.name, due: due, lane: lane))
    }

    mutating func setTimeout(_ timeout: Order.PendingTimeout) {
        order.arm(timeout)
        outcome.arm(timeout)
    }

    /// A final state tells its parent, and a parallel grandparent when all its regions are final.
    private mutating func reachFinal(_ state: Int) {
        guard let parent = workflow.states[state].parent else { return }
        if parent == 0 {
            isFinished = true
            return
        }
        raised.append(.done(parent))
        var region = parent
        while let above = workflow.states[region].parent, workflow.states[above].kind == .parallel,
            workflow.isInFinalState(above, scope.configuration)
        {
            if above == 0 {
                isFinished = true
                return
            }
            raised.append(.done(above))
            region = above
        }
    }

    // MARK: The entry set

    /// Adds the states that a transition enters: its target, what lies between it and the domain, and their defaults.
    func addEntries(of selected: Selected, to entered: inout StateSet) {
        guard let target = selected.transition.target else { return }
        let domain = domain(of: selected.transition, from: selected.source, to: target)
        entered.insert(target)
        addDescendants(of: target, to: &entered)
        addAncestors(of: target, below: domain, to: &entered)
    }

    /// Adds what must be entered inside a state: the initial child, or every region.
    func addDescendants(of state: Int, to entered: inout StateSet) {
        switch workflow.states[state].kind {
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
        var above = workflow.states[state].parent
        while let current = above, current != domain {
            entered.insert(current)
            if workflow.states[current].kind == .parallel { addRegions(of: current, to: &entered) }
            above = workflow.states[current].parent
        }
        // A parallel domain keeps its regions, except those that the transition left: they are entered again.
        if workflow.states[domain].kind == .parallel { addRegions(of: domain, to: &entered) }
    }

    private func addRegions(of parallel: Int, to entered: inout StateSet) {
        for region in workflow.states[parallel].children {
            let range = region...workflow.states[region].last
            guard !range.contains(where: { entered.contains($0) }) else { continue }
            entered.insert(region)
            addDescendants(of: region, to: &entered)
        }
    }
}

extension Outcome {
    /// A state that was entered by this same command leaves no trace. The fold removes what was left, then inserts what
    /// was entered, so a state that was left and entered again stands in both lists.
    mutating func leave(_ state: Int) {
        if let index = entered.firstIndex(of: state) {
            entered.remove(at: index)
        } else {
            left.append(state)
        }
    }

    mutating func enter(_ state: Int) { entered.append(state) }

    /// A timeout that was stopped first stays in both lists: the fold stops, then arms, so that it ends where the
    /// order has it, behind those that were pending all along.
    mutating func arm(_ timeout: Order.PendingTimeout) {
        if let index = armed.firstIndex(where: { $0.name == timeout.name }) {
            armed[index] = timeout
        } else {
            armed.append(timeout)
        }
    }

    mutating func stop(_ name: TimeoutName) {
        armed.removeAll { $0.name == name }
        if !stopped.contains(name) { stopped.append(name) }
    }
}
