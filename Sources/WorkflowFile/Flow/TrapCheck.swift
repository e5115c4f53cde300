import WaybillCore

/// Finds what reads well and does something else: ways that reset regions, money that is refused.
struct TrapCheck {
    let chart: JudgedChart
    let outline: Outline
    /// Whether the expression of `status:` can be NULL.
    let isStatusOptional: Bool

    func run() {
        for way in chart.ways { checkRegions(way) }
        for command in (outline.commands ?? []).dropFirst() where command.bringsMoney { checkMoney(command) }
        checkStatus()
    }

    /// A buyer must not see nothing.
    private func checkStatus() {
        guard isStatusOptional, let node = outline.status, let status = chart.workflow.status,
            !isCovered(0, by: status.statesAsked)
        else { return }
        chart.log.warning(
            at: node, "the status can be empty: no case need fit", hint: "add ELSE, with the word for all other states")
    }

    /// Whether an order in this state is always in one of the states that are asked for.
    private func isCovered(_ state: Int, by asked: Set<Int>) -> Bool {
        if asked.contains(state) { return true }
        let children = chart.workflow.states[state].children
        switch chart.workflow.states[state].kind {
        case .compound: return children.allSatisfy { !chart.reached.contains($0) || isCovered($0, by: asked) }
        case .parallel: return children.contains { isCovered($0, by: asked) }
        case .atomic, .final: return false
        }
    }

    /// A way from a region, or from the parallel state itself, to a state inside leaves all regions and enters them
    /// anew: what is paid is unpaid again.
    private func checkRegions(_ way: JudgedChart.Way) {
        guard let target = chart.transition(way).target, let domain = chart.domain(of: way),
            let parallel = chart.innermostParallel(around: way.source, and: target), domain <= parallel
        else { return }
        let regions = chart.workflow.states[parallel].children
        guard regions.count > 1,
            let own = regions.first(where: { $0 == target || chart.workflow.isDescendant(target, of: $0) })
        else { return }
        let others = regions.filter { $0 != own }.map { "'\(chart.workflow.states[$0].name)'" }
        chart.log.warning(
            at: chart.outline(way).node,
            "this way leaves and enters all regions, so \(others.joined(separator: ", ")) "
                + (others.count == 1 ? "begins anew" : "begin anew"),
            hint: way.source == own && target != own
                ? "write `internal: true`, and only this region moves"
                : "raise an event that '\(chart.workflow.states[own].name)' hears, or put the way into that region")
    }

    /// A payment notice is repeated until it is taken, and the money is here whatever the order thinks of it.
    private func checkMoney(_ command: Outline.Command) {
        for leaf in chart.leaves(of: chart.reached) {
            let ways = chart.ways.filter { way in
                chart.transition(way).trigger == .event(command.name) && chart.canMeet(way.source, leaf)
            }
            let path = chart.states.rows[leaf].path
            let problem: String
            if chart.endsOrder(leaf) {
                problem = "in '\(path)' the order has ended and hears nothing"
            } else if ways.isEmpty {
                problem = "in '\(path)' nothing hears it"
            } else if ways.allSatisfy({ chart.transition($0).guarding != nil }) {
                problem = "in '\(path)' it is heard only with a guard"
            } else {
                continue
            }
            return chart.log.warning(
                at: command.node, "'\(command.name)' brings money that can be refused: \(problem)",
                hint: "hear it at the top, last and without a guard, and give the money back there"
                    + (chart.endsOrder(leaf)
                        ? "; put '\(path)' into a state of its own: "
                            + "`over: {initial: \(path), states: {\(path): {type: final}}}`" : ""))
        }
    }
}

extension Outline.Command {
    /// Whether it is a notice of money: an amount with a natural key, from outside the order's family.
    var bringsMoney: Bool {
        guard key != nil, roles.isEmpty || !roles.allSatisfy({ $0 == "child" || $0 == "parent" }) else { return false }
        return data.type.fields.contains { field in
            switch field.type {
            case .number(.cents), .number(.signedCents): true
            case .number, .bool, .text, .record, .list, .null: false
            }
        }
    }
}

extension Expression {
    /// The states of a CASE that alone make one of its cases fit, and whose value is always there.
    fileprivate var statesAsked: Set<Int> {
        guard case .choice(let branches, nil) = self else { return [] }
        return branches.reduce(into: []) { states, branch in
            if case .literal(.text) = branch.value { states.formUnion(branch.condition.alternatives) }
        }
    }

    private var alternatives: Set<Int> {
        switch self {
        case .inState(let state): [state]
        case .binary(.or, let left, let right): left.alternatives.union(right.alternatives)
        case .literal, .context, .event, .derived, .bound, .now, .order, .member, .element, .not, .negate, .binary,
            .between, .isIn, .isNull, .choice, .count, .aggregate, .allocate:
            []
        }
    }
}

extension JudgedChart {
    /// The innermost parallel state that holds both, and the first of which may be the source itself.
    fileprivate func innermostParallel(around source: Int, and target: Int) -> Int? {
        var state: Int? = source
        while let current = state {
            if workflow.states[current].kind == .parallel, workflow.isDescendant(target, of: current) { return current }
            state = workflow.states[current].parent
        }
        return nil
    }

    /// Whether the order is over in this state.
    fileprivate func endsOrder(_ state: Int) -> Bool {
        workflow.states[state].kind == .final && workflow.states[state].parent == 0
    }
}
