import WaybillCore

/// Looks at the whole chart: what can never happen, and where an order would be stuck.
struct FlowCheck {
    let states: StateTable
    let commands: [Outline.Command]?
    let raises: [ActionBuilder.RaiseSite]
    /// Nil: what could not be read is missing from the chart, and its absence would be told as other errors.
    let workflow: Workflow?
    let log: FindingLog

    func run() {
        for index in states.rows.indices {
            checkAlternatives(of: index)
            checkDone(of: index)
            checkRegion(index)
        }
        guard let workflow else { return }
        let chart = JudgedChart(workflow, states, log)
        checkEvents()
        checkWaysOut()
        StepCheck(chart: chart).run()
        var ends = EndCheck(chart: chart)
        ends.run()
        CallCheck(chart: chart, told: ends.told).run()
        TimeoutCheck(chart: chart).run()
        for (index, row) in states.rows.enumerated() where !chart.reached.contains(index) {
            // Below an unreachable state all are.
            guard row.parent.map({ chart.reached.contains($0) }) ?? true else { continue }
            log.error(
                at: row.outline.node, "no transition leads to this state",
                hint: "make it a target or an `initial:`, or remove it")
        }
    }

    // MARK: One state

    /// A transition after one without a guard is never taken.
    private func checkAlternatives(of index: Int) {
        var unguarded: [TriggerKey: Int] = [:]
        for transition in states.rows[index].outline.transitions {
            let key = TriggerKey(transition.trigger)
            if let line = unguarded[key] {
                log.error(
                    at: transition.node, "never taken: the transition before it (line \(line)) has no guard",
                    hint: "give that one a guard, or put it last")
            } else if transition.guarding == nil {
                unguarded[key] = transition.node.place.line
            }
        }
    }

    /// A region that is final from the start would end the whole order at its birth.
    private func checkRegion(_ index: Int) {
        let row = states.rows[index]
        guard case .final = row.outline.kind, let parent = row.parent,
            case .parallel = states.rows[parent].outline.kind
        else { return }
        log.error(
            at: row.outline.node, "a region of a parallel state cannot be final",
            hint: "give the region children, and make the last of them final")
    }

    private enum TriggerKey: Hashable {
        case event(EventName), always, done
        case timeout(Int)

        init(_ trigger: Outline.Transition.Trigger) {
            switch trigger {
            case .event(_, let name): self = .event(name)
            case .always: self = .always
            case .done: self = .done
            case .timeout(let index): self = .timeout(index)
            }
        }
    }

    /// `onDone` needs something that ends inside the state, and an order that goes on after it.
    private func checkDone(of index: Int) {
        let row = states.rows[index]
        let done = row.outline.transitions.first {
            switch $0.trigger {
            case .done: true
            case .event, .always, .timeout: false
            }
        }
        guard let done else { return }
        if index == 0 {
            log.error(
                at: done.node, "`onDone:` of the whole workflow: when it is done the order has ended",
                hint: "use the `entry:` of the final state")
            return
        }
        let ends: Bool =
            switch row.outline.kind {
            case .parallel: true
            case .compound: row.children.contains { states.rows[$0].isFinal }
            case .atomic, .final: false
            }
        if !ends {
            log.error(
                at: done.node, "`onDone:` of a state in which nothing ends", hint: "give it a child of `type: final`")
        }
    }

    // MARK: Events

    private func checkEvents() {
        guard let commands else { return }
        var handled: [EventName: DocumentNode] = [:]
        for row in states.rows {
            for transition in row.outline.transitions {
                guard case .event(let node, let name) = transition.trigger else { continue }
                if name == commands.first?.name {
                    log.error(
                        at: node, "'\(name)' is the first command: it places the order, and no state handles it",
                        hint: "act on it in the `entry:` of the root, or put another command first")
                } else if !commands.contains(where: { $0.name == name }), !raises.contains(where: { $0.name == name }) {
                    let sent = commands.map(\.name.text) + raises.map(\.name.text)
                    let nearest = nearestName(to: name.text, among: sent)
                    log.warning(
                        at: node, "nothing sends '\(name)'",
                        hint: nearest.map { "did you mean '\($0)'?" } ?? "declare it under `commands:`, or raise it")
                }
                if handled[name] == nil { handled[name] = node }
            }
        }
        for command in commands.dropFirst() where handled[command.name] == nil {
            log.error(
                at: command.node, "no state handles the command '\(command.name)'",
                hint: "add it to the `on:` of a state, or remove it")
        }
        for site in raises where handled[site.name] == nil {
            log.warning(
                at: site.node, "no state handles the event '\(site.name)'",
                hint: nearestName(to: site.name.text, among: handled.keys.map(\.text).sorted())
                    .map { "did you mean '\($0)'?" })
        }
    }

    // MARK: Ways out

    /// An order must not stay for ever in a state that is not final, except that a region may rest while others go on.
    private func checkWaysOut() {
        guard states.rows.count > 1 else {
            log.error(at: .start, "a workflow without states", hint: "add `initial:` and `states:`")
            return
        }
        let rootLeads = states.rows[0].outline.transitions.contains { $0.target != nil }
        for (index, row) in states.rows.enumerated() {
            guard row.children.isEmpty, !row.isFinal, !rootLeads,
                !states.anyAncestorOrSelf(of: index, where: { !states.rows[$0].outline.transitions.isEmpty })
            else { continue }
            // The order ends with a final state of the root, and with it all that the root itself would still hear.
            let hint =
                row.parent == 0
                ? "add a transition, or `type: final`, with which the order ends and hears nothing any more"
                : "add a transition, or `type: final`"
            if isInRegion(index) {
                log.warning(at: row.outline.node, "nothing leads out of this state, and it is not final", hint: hint)
            } else {
                log.error(at: row.outline.node, "nothing leads out of this state, and it is not final", hint: hint)
            }
        }
    }

    private func isInRegion(_ index: Int) -> Bool {
        var above = states.rows[index].parent
        while let current = above {
            if case .parallel = states.rows[current].outline.kind { return true }
            above = states.rows[current].parent
        }
        return false
    }
}

extension StateTable.Row {
    var isFinal: Bool {
        switch outline.kind {
        case .final: true
        case .atomic, .compound, .parallel: false
        }
    }
}
