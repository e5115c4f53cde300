/// Leaving and entering states: SCXML's exitStates and enterStates.
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
            due = fixed(time, notBefore: earliestDue)
        }
        setTimeout(Order.PendingTimeout(name: definition.name, due: due, lane: lane))
    }

    /// A fixed time as a due time. One that has passed stays as it is, so that what was missed happens in its order.
    func fixed(_ time: Int64, notBefore earliest: Moment) -> Moment {
        semantics.dueTimesStand ? Moment(milliseconds: time) : max(earliest, Moment(milliseconds: time))
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
                // What was raised before, the end of this region too, is still heard: `settle` ends the order.
                isFinished = !semantics.regionsAreHeardToTheEnd
                return
            }
            raised.append(.done(above))
            region = above
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
