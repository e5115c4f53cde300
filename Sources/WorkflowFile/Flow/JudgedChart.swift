import WaybillCore

/// A whole chart under judgement: the workflow that would run, and the places in its text.
struct JudgedChart {
    let workflow: Workflow
    let states: StateTable
    let log: FindingLog
    /// The states that an order can ever be in, whatever guards say.
    let reached: StateSet
    /// The ways of all states that an order can be in.
    let ways: [Way]
    /// Where the ways of each state begin; nil: it is never reached.
    private let firstWays: [Int?]
    /// What each way enters and may leave, by its number.
    private var entered: [StateSet] = []
    private var left: [StateSet] = []
    /// The states that an order can be in together with each state.
    private let meetings: [StateSet]

    init(_ workflow: Workflow, _ states: StateTable, _ log: FindingLog) {
        self.workflow = workflow
        self.states = states
        self.log = log
        reached = Reachability(workflow).reached
        meetings = workflow.meetings
        var ways: [Way] = []
        var firstWays: [Int?] = Array(repeating: nil, count: workflow.states.count)
        for state in reached.states {
            firstWays[state] = ways.count
            for index in workflow.states[state].transitions.indices {
                ways.append(Way(source: state, index: index, number: ways.count))
            }
        }
        self.ways = ways
        self.firstWays = firstWays
        for way in ways {
            let transition = workflow.states[way.source].transitions[way.index]
            var entered = StateSet()
            workflow.addEntries(of: transition, from: way.source, to: &entered)
            self.entered.append(entered)
            var left = StateSet()
            if let target = transition.target {
                left = workflow.below(workflow.domain(of: transition, from: way.source, to: target))
                left.formIntersection(meetings[way.source])
                left.formIntersection(reached)
            }
            self.left.append(left)
        }
    }

    /// A way, by the state that holds it and its place among that state's ways.
    struct Way: Hashable {
        let source: Int
        let index: Int
        /// Its place among all ways.
        let number: Int
    }

    /// The ways that a state holds.
    func ways(of state: Int) -> ArraySlice<Way> {
        guard let first = firstWays[state] else { return [] }
        return ways[first..<first + workflow.states[state].transitions.count]
    }

    func transition(_ way: Way) -> Transition { workflow.states[way.source].transitions[way.index] }

    func outline(_ way: Way) -> Outline.Transition { states.rows[way.source].outline.transitions[way.index] }

    /// What an order enters when it is placed.
    var entriesAtBirth: StateSet {
        var entered = StateSet()
        entered.insert(0)
        workflow.addDescendants(of: 0, to: &entered)
        return entered
    }

    func entries(of way: Way) -> StateSet { entered[way.number] }

    /// The states that a way leaves wherever the order is in them.
    func exits(of way: Way) -> StateSet { left[way.number] }

    func leaves(_ way: Way, _ state: Int) -> Bool { left[way.number].contains(state) }

    /// Whether an order can be in both states at once.
    func canMeet(_ first: Int, _ second: Int) -> Bool { meetings[first].contains(second) }

    /// The innermost state that a way does not leave; nil: it leaves none at all.
    func domain(of way: Way) -> Int? {
        let transition = transition(way)
        return transition.target.map { workflow.domain(of: transition, from: way.source, to: $0) }
    }

    /// The states of a set that have no child in it.
    func leaves(of set: StateSet) -> [Int] {
        set.states.filter { state in !workflow.states[state].children.contains { set.contains($0) } }
    }

    /// The final state with which the order ends, or can end, once these states are entered; nil: it goes on.
    func end(in entered: StateSet) -> Int? {
        let root = workflow.states[0]
        switch root.kind {
        case .compound:
            return root.children.first { entered.contains($0) && workflow.states[$0].kind == .final }
        case .parallel:
            guard root.children.allSatisfy(canEnd) else { return nil }
            return entered.states.first { state in
                guard workflow.states[state].kind == .final, let region = workflow.states[state].parent else {
                    return false
                }
                return workflow.states[region].parent == 0
            }
        case .atomic, .final:
            return nil
        }
    }

    /// Whether all regions of the root are active at once, and the order ends with the last of them.
    var hasRegions: Bool { workflow.states[0].kind == .parallel }

    private func canEnd(_ state: Int) -> Bool {
        switch workflow.states[state].kind {
        case .compound:
            workflow.states[state].children.contains { reached.contains($0) && workflow.states[$0].kind == .final }
        case .parallel: workflow.states[state].children.allSatisfy(canEnd)
        case .atomic, .final: false
        }
    }

    /// The way that an order takes by itself as soon as it is in `leaf`, whatever it knows; nil: there may be none.
    ///
    /// The innermost `always:` decides, and its first way must have no guard. An earlier region whose `always:` leads
    /// elsewhere may come first.
    func certainWay(from leaf: Int) -> Way? {
        if workflow.states[leaf].kind == .final, workflow.states[leaf].parent == 0 { return nil }
        var state: Int? = leaf
        while let current = state {
            if let way = ways(of: current).first(where: { transition($0).trigger == .always }) {
                return transition(way).guarding == nil && !isPreempted(current) ? way : nil
            }
            state = workflow.states[current].parent
        }
        return nil
    }

    /// The way that an order takes by itself once these states are entered.
    func certainWay(after entered: StateSet) -> Way? {
        for leaf in leaves(of: entered) {
            if let way = certainWay(from: leaf) { return way }
        }
        return nil
    }

    private func isPreempted(_ source: Int) -> Bool {
        reached.states.contains { state in
            state != source && !workflow.isDescendant(source, of: state) && canMeet(state, source)
                && (state < source || workflow.isDescendant(state, of: source))
                && workflow.states[state].transitions.contains { $0.trigger == .always && $0.target != nil }
        }
    }
}

extension Workflow {
    /// The states below a state.
    fileprivate func below(_ state: Int) -> StateSet {
        var set = StateSet()
        for below in state..<states[state].last { set.insert(below + 1) }
        return set
    }

    /// For each state the states that an order can be in together with it: those above and below, and those of the
    /// other regions of a parallel state around it.
    fileprivate var meetings: [StateSet] {
        var meetings: [StateSet] = []
        for (index, state) in states.enumerated() {
            var set = below(index)
            set.insert(index)
            if let parent = state.parent {
                var around = meetings[parent]
                if states[parent].kind != .parallel { around.subtract(below(parent)) }
                set.formUnion(around)
            }
            meetings.append(set)
        }
        return meetings
    }
}
