import WaybillCore

/// Which states an order can ever be in, whatever guards say.
///
/// Each way of a state that is reached adds what it enters, as the interpreter has it, so the order in which the ways
/// stand in the file decides nothing.
struct Reachability {
    private(set) var reached = StateSet()
    /// States whose ways were not followed yet.
    private var waiting: [Int] = []

    init(_ workflow: Workflow) {
        var entered = StateSet()
        entered.insert(0)
        workflow.addDescendants(of: 0, to: &entered)
        reach(entered)
        while let state = waiting.popLast() {
            for transition in workflow.states[state].transitions {
                var entered = StateSet()
                workflow.addEntries(of: transition, from: state, to: &entered)
                reach(entered)
            }
        }
    }

    private mutating func reach(_ states: StateSet) {
        states.forEach { state in
            guard !reached.contains(state) else { return }
            reached.insert(state)
            waiting.append(state)
        }
    }
}
