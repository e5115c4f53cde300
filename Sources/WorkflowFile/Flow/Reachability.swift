import WaybillCore

/// Which states an order can ever be in, whatever guards say.
struct Reachability {
    private let states: StateTable
    /// By state.
    private(set) var reached: [Bool]
    /// States whose transitions were not followed yet.
    private var waiting: [Int] = []

    init(_ states: StateTable) {
        self.states = states
        reached = Array(repeating: false, count: states.rows.count)
        enter(0)
        while let state = waiting.popLast() {
            for transition in states.rows[state].outline.transitions {
                guard let target = transition.target.flatMap({ states.target(Text($0.text ?? ""), from: state) }) else {
                    continue
                }
                enter(target)
                enterAncestors(of: target)
            }
        }
    }

    private mutating func reach(_ state: Int) -> Bool {
        guard !reached[state] else { return false }
        reached[state] = true
        waiting.append(state)
        return true
    }

    /// A state and what is entered inside it by default. A state may have been reached as an ancestor only, so its
    /// default children are looked at again.
    private mutating func enter(_ state: Int) {
        _ = reach(state)
        switch states.rows[state].outline.kind {
        case .atomic, .final: return
        case .parallel:
            for region in states.rows[state].children where !reached[region] { enter(region) }
        case .compound(let initial):
            guard let child = states.child(Text(initial?.text ?? ""), of: state), !reached[child] else { return }
            enter(child)
        }
    }

    /// Entering a state enters those above it, and with a parallel one its other regions.
    private mutating func enterAncestors(of state: Int) {
        var above = states.rows[state].parent
        while let current = above {
            if reach(current) {
                if case .parallel = states.rows[current].outline.kind {
                    for region in states.rows[current].children where !reached[region] { enter(region) }
                }
            }
            above = states.rows[current].parent
        }
    }

    /// The state that is active after entering a state; for a parallel one, itself.
    static func defaultLeaf(of state: Int, in states: StateTable) -> Int {
        var current = state
        while case .compound(let initial) = states.rows[current].outline.kind,
            let child = states.child(Text(initial?.text ?? ""), of: current)
        {
            current = child
        }
        return current
    }
}
