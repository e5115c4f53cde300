import WaybillCore

/// Finds commands that can be refused because they take too long: every collection full, every way taken once.
struct CostCheck {
    let chart: JudgedChart
    /// Steps of each list and guard, in the order of the document: of a state its entry and its exit, then of each of
    /// its ways the guard and the actions.
    let costs: [Int]
    /// Steps of what every command ends with: invariants and status.
    let closing: Int

    /// Raised events that follow from each other, of which the cost is added up.
    private static let depthMax = 64

    func run() {
        let costs = StateCosts(chart.workflow, costs)
        let ways = Dictionary(grouping: chart.ways) { chart.transition($0).trigger }
        var known: [Transition.Trigger: Int] = [:]
        let always = worst(.always, ways, costs, &known, depth: 0)
        var told: Set<Transition.Trigger> = [.always]
        for way in chart.ways {
            let trigger = chart.transition(way).trigger
            guard told.insert(trigger).inserted else { continue }
            let total = closing.addingSaturated(always)
                .addingSaturated(worst(trigger, ways, costs, &known, depth: 0))
            guard total > InterpreterLimits.stepsMax else { continue }
            chart.log.warning(
                at: chart.outline(way).node,
                "with every collection full this can take \(total) steps, more than the "
                    + "\(InterpreterLimits.stepsMax) of one command: it is refused then",
                hint: "lower the `max:` of the collections it runs over")
        }
    }

    /// The most that a happening costs: every guard that is asked, the dearest way, and what it raises.
    private func worst(
        _ trigger: Transition.Trigger, _ ways: [Transition.Trigger: [JudgedChart.Way]], _ costs: StateCosts,
        _ known: inout [Transition.Trigger: Int], depth: Int
    ) -> Int {
        if let cost = known[trigger] { return cost }
        guard depth < Self.depthMax else { return 0 }
        // What raises itself again is counted once.
        known[trigger] = 0
        var guards = 0
        var dearest = 0
        for way in ways[trigger] ?? [] {
            guards = guards.addingSaturated(costs.guards[way.source][way.index])
            var cost = costs.actions[way.source][way.index]
            var raised = Set(chart.transition(way).actions.flatMap(\.raisedEvents))
            for state in chart.exits(of: way).states { cost = cost.addingSaturated(costs.exits[state]) }
            for state in chart.entries(of: way).states {
                cost = cost.addingSaturated(costs.entries[state])
                raised.formUnion(chart.workflow.states[state].entry.flatMap(\.raisedEvents))
            }
            for event in raised.sorted() {
                cost = cost.addingSaturated(worst(.event(event), ways, costs, &known, depth: depth + 1))
            }
            dearest = max(dearest, cost)
        }
        known[trigger] = guards.addingSaturated(dearest)
        return guards.addingSaturated(dearest)
    }
}

/// The steps of each part of a chart.
private struct StateCosts {
    var entries: [Int] = []
    var exits: [Int] = []
    var guards: [[Int]] = []
    var actions: [[Int]] = []

    init(_ workflow: Workflow, _ costs: [Int]) {
        var rest = costs[...]
        for state in workflow.states {
            entries.append(rest.popFirst() ?? 0)
            exits.append(rest.popFirst() ?? 0)
            var (guards, actions): ([Int], [Int]) = ([], [])
            for _ in state.transitions {
                guards.append(rest.popFirst() ?? 0)
                actions.append(rest.popFirst() ?? 0)
            }
            self.guards.append(guards)
            self.actions.append(actions)
        }
    }
}

extension Action {
    /// The events that it raises, inside loops too.
    fileprivate var raisedEvents: [EventName] {
        switch verb {
        case .raise(let name, _): return [name]
        case .stock(let stock): return [stock.then, stock.otherwise].compactMap { $0 }
        case .forEach(_, _, let body): return body.flatMap(\.raisedEvents)
        case .assign, .put, .send, .extend, .reschedule, .stop, .spawn, .tell, .call, .stopCall: return []
        }
    }
}
