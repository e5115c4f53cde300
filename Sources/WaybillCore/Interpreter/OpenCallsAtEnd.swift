/// Finds the calls that may still be open when an order ends, without running one.
///
/// Walks through everything that may happen under a workflow: each guard may be true or false unless it asks only for
/// active states, and each command, timeout and answer may come whenever a state hears it. Of each `call:` that stays
/// open when it is not answered, open ones are counted as none, one, or more. A walk that is too long to be finished
/// names them all.
struct OpenCallsAtEnd {
    /// Situations that are looked at.
    private static let pointsMax = 20_000
    /// Choices between transitions that are looked at.
    private static let choicesMax = 500_000
    /// Raised events that may wait at one time.
    private static let raisedMax = 32

    /// What an order may be between two microsteps.
    private struct Point: Hashable {
        var configuration = StateSet()
        /// By `call:`; 2 stands for more than one.
        var open: [UInt8]
        var raised: [Macrostep.Happening] = []
        var hasEnded = false
    }

    private let workflow: Workflow
    /// Events that a transition waits for; others are raised in vain.
    private let heard: Set<EventName>
    /// Computes which states a transition leaves and enters.
    private var chart: Macrostep
    private var seen: Set<Point> = []
    private var waiting: [Point] = []
    private var choices = 0
    private var hasGivenUp = false
    private var openAtEnd: Set<Int> = []

    init(_ workflow: Workflow) {
        self.workflow = workflow
        let start = Moment(milliseconds: 0)
        let order = Order(id: "any", workflow: workflow, placedAt: start)
        chart = Macrostep(workflow: workflow, order: order, facts: EndlessStock(), now: start, semantics: .current)
        var heard: Set<EventName> = []
        for transition in workflow.states.flatMap(\.transitions) {
            if case .event(let name) = transition.trigger { heard.insert(name) }
        }
        self.heard = heard
    }

    /// Indices into ``Workflow/calls``, in order.
    mutating func find() -> [Int] {
        var entered = StateSet()
        entered.insert(0)
        workflow.addDescendants(of: 0, to: &entered)
        add(enter(entered, [Point(open: Array(repeating: 0, count: workflow.calls.count))]))
        while let point = waiting.popLast(), !hasGivenUp { follow(point) }
        let all = workflow.calls.indices.filter { workflow.calls[$0].unanswered != nil }
        return hasGivenUp ? all : openAtEnd.sorted()
    }

    private mutating func add(_ points: Set<Point>) {
        for point in points where seen.insert(point).inserted {
            guard seen.count <= Self.pointsMax, point.raised.count <= Self.raisedMax else {
                hasGivenUp = true
                return
            }
            waiting.append(point)
        }
    }

    /// What may come next: the order of the interpreter is eventless, raised, then from outside.
    private mutating func follow(_ point: Point) {
        if point.hasEnded {
            for (call, count) in point.open.enumerated() where count > 0 { openAtEnd.insert(call) }
            return
        }
        let eventless = selections(for: .always, at: point)
        for selection in eventless where !selection.isEmpty { add(take(selection, point)) }
        guard eventless.contains(where: \.isEmpty) else { return }
        var rest = point
        if !point.raised.isEmpty {
            let happening = rest.raised.removeFirst()
            for selection in selections(for: happening, at: rest) {
                add(selection.isEmpty ? [rest] : take(selection, rest))
            }
            return
        }
        for (happening, points) in comesFromOutside(at: point) {
            for before in points {
                for selection in selections(for: happening, at: before) where !selection.isEmpty {
                    add(take(selection, before))
                }
            }
        }
    }

    // MARK: What happens

    private func comesFromOutside(at point: Point) -> [(Macrostep.Happening, [Point])] {
        var happenings: Set<Macrostep.Happening> = []
        for state in point.configuration.states {
            for transition in workflow.states[state].transitions {
                switch transition.trigger {
                case .event(let name): happenings.insert(.event(name, data: []))
                case .timeout(let index): happenings.insert(.timeout(index))
                case .always, .done: break
                }
            }
        }
        return happenings.map { happening in
            switch happening {
            case .event(let name, _): (happening, isAnswer(name) ? answered(by: name, point) : outside(name, point))
            case .timeout, .always, .done: (happening, [point])
            }
        }
    }

    private func isAnswer(_ name: EventName) -> Bool { workflow.isAnswer(name) }

    /// The same order with an open call less.
    private func answered(by name: EventName, _ point: Point) -> [Point] {
        var points: Set<Point> = []
        for (call, definition) in workflow.calls.enumerated() where definition.ok == name || definition.failed == name {
            guard definition.unanswered != nil else {
                points.insert(point)
                continue
            }
            guard point.open[call] > 0 else { continue }
            var after = point
            after.open[call] = 1
            if point.open[call] == 1 { after.open[call] = 0 } else { points.insert(point) }
            points.insert(after)
        }
        return Array(points)
    }

    /// Commands may come at any time, and so may what is late or expired; what is unanswered needs an open call.
    private func outside(_ name: EventName, _ point: Point) -> [Point] {
        let isOpen = workflow.calls.enumerated().contains { $1.unanswered == name && point.open[$0] > 0 }
        let isLate = workflow.calls.contains { $0.late == name || $0.expired == name }
        return isOpen || isLate || workflow.commands.isEmpty || workflow.command(name) != nil ? [point] : []
    }

    // MARK: Transitions

    /// Every set of transitions that may be taken; an empty one where there may be none.
    private mutating func selections(for happening: Macrostep.Happening, at point: Point) -> [[Macrostep.Selected]] {
        chart.scope.configuration = point.configuration
        var found: [[Macrostep.Selected]] = []
        choose(workflow.leaves(of: point.configuration)[...], happening, [], StateSet(), into: &found)
        return found
    }

    private mutating func choose(
        _ leaves: ArraySlice<Int>, _ happening: Macrostep.Happening, _ chosen: [Macrostep.Selected],
        _ chosenFrom: StateSet, into found: inout [[Macrostep.Selected]]
    ) {
        choices += 1
        guard choices <= Self.choicesMax else {
            hasGivenUp = true
            return
        }
        guard let leaf = leaves.first else {
            found.append(chosen.count > 1 ? chart.withoutConflicts(chosen) : chosen)
            return
        }
        var state: Int? = leaf
        while let current = state, !chosenFrom.contains(current) {
            for transition in workflow.states[current].transitions
            where chart.fits(transition.trigger, happening, in: current) {
                let truth = transition.guarding.map { isTrue($0) } ?? true
                guard truth != false else { continue }
                let exits = chart.exitSet(of: transition, from: current)
                let selected = Macrostep.Selected(source: current, transition: transition, exits: exits)
                var from = chosenFrom
                from.insert(current)
                choose(leaves.dropFirst(), happening, chosen + [selected], from, into: &found)
                if truth == true { return }
            }
            state = workflow.states[current].parent
        }
        choose(leaves.dropFirst(), happening, chosen, chosenFrom, into: &found)
    }

    private mutating func take(_ selection: [Macrostep.Selected], _ point: Point) -> Set<Point> {
        chart.scope.configuration = point.configuration
        var left = StateSet()
        var entered = StateSet()
        for selected in selection {
            left.formUnion(selected.exits)
            workflow.addEntries(of: selected.transition, from: selected.source, to: &entered)
        }
        var points: Set<Point> = [point]
        for state in left.states.reversed() {
            points = perform(workflow.states[state].exit, points)
            points = changed(points) { $0.configuration.remove(state) }
        }
        for selected in selection { points = perform(selected.transition.actions, points) }
        return enter(entered, points)
    }

    private mutating func enter(_ states: StateSet, _ points: Set<Point>) -> Set<Point> {
        var points = points
        for state in states.states {
            let here = points.filter { $0.configuration.contains(state) }
            var entering = changed(points.subtracting(here)) { $0.configuration.insert(state) }
            entering = perform(workflow.states[state].entry, entering)
            if workflow.states[state].kind == .final { entering = changed(entering) { reachFinal(state, &$0) } }
            points = entering.union(here)
        }
        return points
    }

    private func reachFinal(_ state: Int, _ point: inout Point) {
        var region = state
        while let above = workflow.states[region].parent, workflow.isInFinalState(above, point.configuration) {
            if above == 0 {
                point.hasEnded = true
                return
            }
            point.raised.append(.done(above))
            region = above
        }
    }

    private func changed(_ points: Set<Point>, _ change: (inout Point) -> Void) -> Set<Point> {
        Set(
            points.map { point in
                var point = point
                change(&point)
                return point
            })
    }

    // MARK: Actions

    private mutating func perform(_ actions: [Action], _ points: Set<Point>) -> Set<Point> {
        var points = points
        for action in actions {
            let done = perform(action.verb, points)
            points = action.when == nil ? done : done.union(points)
            if points.count > Self.pointsMax {
                hasGivenUp = true
                return []
            }
        }
        return points
    }

    private mutating func perform(_ verb: Action.Verb, _ points: Set<Point>) -> Set<Point> {
        switch verb {
        case .raise(let name, _): return raise(name, points)
        case .stock(let stock):
            guard stock.then != nil || stock.otherwise != nil else { return points }
            let reserved = stock.then.map { raise($0, points) } ?? points
            return reserved.union(stock.otherwise.map { raise($0, points) } ?? [])
        case .call(let call):
            guard workflow.calls[call.definition].unanswered != nil else { return points }
            var points = points
            // A second one of the same name is refused while the first is open.
            if case .literal = call.name { points = points.filter { $0.open[call.definition] == 0 } }
            return changed(points) { $0.open[call.definition] = min(2, $0.open[call.definition] + 1) }
        case .forEach(_, _, let body):
            let once = perform(body, points)
            return points.union(once).union(perform(body, once))
        // A call that is stopped may be unanswered, and stays.
        case .assign, .put, .send, .extend, .reschedule, .stop, .spawn, .tell, .stopCall: return points
        }
    }

    private func raise(_ name: EventName, _ points: Set<Point>) -> Set<Point> {
        heard.contains(name) ? changed(points) { $0.raised.append(.event(name, data: [])) } : points
    }

    /// Whether a condition holds in the present states; nil: that depends on more.
    private func isTrue(_ condition: Expression) -> Bool? {
        switch condition {
        case .literal(.bool(let flag)): return flag
        case .inState(let state): return chart.scope.configuration.contains(state)
        case .derived(let index): return isTrue(workflow.derivedExpressions[index])
        case .not(let operand): return isTrue(operand).map { !$0 }
        case .binary(.and, let left, let right):
            let sides = [isTrue(left), isTrue(right)]
            return sides.contains(false) ? false : sides.contains(nil) ? nil : true
        case .binary(.or, let left, let right):
            let sides = [isTrue(left), isTrue(right)]
            return sides.contains(true) ? true : sides.contains(nil) ? nil : false
        case .literal, .context, .event, .bound, .now, .order, .member, .element, .negate, .binary, .between, .isIn,
            .isNull, .choice, .count, .aggregate, .allocate:
            return nil
        }
    }
}

extension Workflow {
    /// The calls that stay open when they are not answered, and may be open when the order ends: indices into
    /// ``calls``.
    package func callsOpenAtEnd() -> [Int] {
        guard calls.contains(where: { $0.unanswered != nil }), canEnd(0) else { return [] }
        var search = OpenCallsAtEnd(self)
        return search.find()
    }

    /// Whether a state can ever have reached its final states, as far as its shape says.
    private func canEnd(_ state: Int) -> Bool {
        switch states[state].kind {
        case .compound: states[state].children.contains { states[$0].kind == .final }
        case .parallel: states[state].children.allSatisfy { canEnd($0) }
        case .atomic, .final: false
        }
    }
}
