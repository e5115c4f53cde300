import WaybillCore

/// Follows each call through the chart: where it can be open, and who hears its answer.
struct CallCheck {
    let chart: JudgedChart
    /// Where it was told already that nothing hears the answer.
    let told: Set<Place>

    /// A `call:` and the list that it stands in.
    private struct Site {
        let node: DocumentNode
        let call: Outline.Call
        let list: JudgedChart.ActionList

        /// The events with which the call ends.
        var endings: Set<EventName> {
            Set(
                [call.ok.text, call.failed.text].compactMap { $0 }.map { EventName(Text($0)) }
                    + [call.expired?.name, call.late?.name].compactMap { $0 })
        }
    }

    func run() {
        let sites = chart.actionLists.flatMap { list in
            list.flat.compactMap { action -> Site? in
                guard case .call(let call) = action.verb else { return nil }
                return Site(node: action.node, call: call, list: list)
            }
        }
        checkAnswers(sites)
        for site in sites where !told.contains(site.node.place) { checkEnd(of: site) }
    }

    /// A way that hears an answer stands where a call that is so answered can be open.
    private func checkAnswers(_ sites: [Site]) {
        let raised = Set(chart.actionLists.flatMap(\.flat).flatMap(\.raised))
        let open = sites.map { follow($0.list.place) { _ in true }.states }
        for way in chart.ways {
            guard case .event(let node, let name) = chart.outline(way).trigger, !raised.contains(name) else { continue }
            let calls = sites.indices.filter {
                sites[$0].call.ok.text == name.text.string || sites[$0].call.failed.text == name.text.string
            }
            guard !calls.isEmpty, !calls.contains(where: { open[$0].contains(way.source) }) else { continue }
            chart.log.warning(
                at: node, "'\(name)' is never heard here: no call that it answers can be open",
                hint: "hear it in a state that follows the call")
        }
    }

    /// An order that ends takes back what is open: the answer is refused, whatever was done out there.
    private func checkEnd(of site: Site) {
        // That of a call which stays open until it is answered is an error, which the builder tells.
        guard site.call.unanswered == nil else { return }
        let counted = fieldsThatCount(site)
        let (_, ways) = follow(site.list.place) { way in
            if case .event(let name) = chart.transition(way).trigger { return !site.endings.contains(name) }
            return true
        }
        let ending = ways.first { way in
            chart.end(in: chart.entries(of: way)) != nil && !isGuarded(way, by: counted)
        }
        guard let ending, let end = chart.end(in: chart.entries(of: ending)) else { return }
        chart.log.warning(
            at: site.node,
            "the order can end in '\(chart.states.rows[end].path)' (line \(chart.outline(ending).node.place.line)) "
                + "while this call is open, and its answer is refused then",
            hint: "wait for the answer before the order ends: guard that way, or put the final state into a state of "
                + "its own")
    }

    /// Whether a way asks first what is still open.
    private func isGuarded(_ way: JudgedChart.Way, by slots: Set<Int>) -> Bool {
        guard let guarding = chart.transition(way).guarding else { return false }
        return guarding.contains(chart.workflow.derivedExpressions) { part in
            switch part {
            case .context(let slot): slots.contains(slot)
            case .inState: true
            case .literal, .event, .derived, .bound, .now, .order, .member, .element, .not, .negate, .binary, .between,
                .isIn, .isNull, .choice, .count, .aggregate, .allocate:
                false
            }
        }
    }

    /// The fields that change with the call or with its answers.
    private func fieldsThatCount(_ site: Site) -> Set<Int> {
        var slots = Set(site.list.actions.flatMap(\.changedSlots))
        for way in chart.ways {
            guard case .event(let name) = chart.transition(way).trigger, site.endings.contains(name) else { continue }
            slots.formUnion(chart.transition(way).actions.flatMap(\.changedSlots))
        }
        return slots
    }

    // MARK: Following

    /// The states that can be active when these actions have run, or later, and the ways that lead on from them.
    private func follow(
        _ place: ActionPlace, where isFollowed: (JudgedChart.Way) -> Bool
    ) -> (states: StateSet, ways: [JudgedChart.Way]) {
        var states = StateSet()
        var ways: [JudgedChart.Way] = []
        var waiting: [Int] = []
        func add(_ set: StateSet) {
            set.forEach { state in
                guard !states.contains(state) else { return }
                states.insert(state)
                waiting.append(state)
            }
        }
        add(start(place))
        while let state = waiting.popLast() {
            for way in chart.ways(of: state) {
                guard chart.transition(way).target != nil, isFollowed(way) else { continue }
                ways.append(way)
                add(chart.entries(of: way))
            }
        }
        return (states, ways.sorted { ($0.source, $0.index) < ($1.source, $1.index) })
    }

    /// What can be active when the step of these actions is done.
    private func start(_ place: ActionPlace) -> StateSet {
        var states = StateSet()
        switch place {
        case .entry(let state):
            if chart.entriesAtBirth.contains(state) { states.formUnion(chart.entriesAtBirth) }
            for way in chart.ways where chart.entries(of: way).contains(state) { states.formUnion(after(way)) }
        case .exit(let state):
            for way in chart.ways where chart.leaves(way, state) { states.formUnion(after(way)) }
        case .way(let way): states.formUnion(after(way))
        }
        return states
    }

    /// What can be active after a way: what it enters, what lies above, and what goes on beside it.
    private func after(_ way: JudgedChart.Way) -> StateSet {
        var states = chart.entries(of: way)
        let domain = chart.domain(of: way)
        for state in chart.reached.states where chart.canMeet(state, domain ?? way.source) {
            if let domain, chart.workflow.isDescendant(state, of: domain) { continue }
            states.insert(state)
        }
        return states
    }
}

extension Outline.Action {
    /// The events that it raises, as the answer of a reservation too.
    fileprivate var raised: [EventName] {
        switch verb {
        case .raise(_, let name, _): [name]
        case .stock(let stock): [stock.then, stock.otherwise].compactMap { $0 }
        case .assign, .put, .forEach, .send, .releaseHeld, .extend, .reschedule, .stop, .spawn, .tell, .call, .stopCall:
            []
        }
    }
}

extension Action {
    /// The context fields that it changes.
    fileprivate var changedSlots: [Int] {
        switch verb {
        case .assign(let assignments):
            return assignments.map { assignment in
                switch assignment.target {
                case .field(let slot): slot
                case .member(let collection, _, _): collection
                }
            }
        case .put(let put): return [put.collection]
        case .forEach(_, _, let body): return body.flatMap(\.changedSlots)
        case .raise, .send, .stock, .extend, .reschedule, .stop, .spawn, .tell, .call, .stopCall: return []
        }
    }
}
