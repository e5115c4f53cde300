import WaybillCore

/// Finds moves of a timeout where it cannot be pending: the step is refused whenever it comes so far.
struct TimeoutCheck {
    let chart: JudgedChart

    func run() {
        for list in chart.actionLists {
            for action in list.flat {
                switch action.verb {
                case .extend(let timeout, _), .reschedule(let timeout, _): check(timeout, at: list.place)
                case .assign, .put, .forEach, .raise, .send, .stock, .releaseHeld, .stop, .spawn, .tell, .call,
                    .stopCall:
                    break
                }
            }
        }
    }

    private func check(_ node: DocumentNode, at place: ActionPlace) {
        guard let index = chart.states.timeoutIndex[Text(node.text ?? "")] else { return }
        let timeout = chart.workflow.timeouts[index]
        guard let problem = problem(index, of: timeout.state, at: place) else { return }
        chart.log.error(
            at: node, "'\(timeout.name)' cannot be pending here: \(problem)",
            hint: "a state that is entered again arms its timeouts again: make it the `target:`")
    }

    /// Why a timeout of `state` is not pending; nil: it may be.
    private func problem(_ index: Int, of state: Int, at place: ActionPlace) -> String? {
        let path = chart.states.rows[state].path
        switch place {
        case .entry(let entered):
            guard state == entered || chart.workflow.isDescendant(state, of: entered) else {
                return elsewhere(state, entered)
            }
            return "a state arms its timeouts after its `entry:`"
        case .exit(let left):
            guard chart.workflow.isDescendant(state, of: left) else { return elsewhere(state, left) }
            return "'\(path)' was left before"
        case .way(let way):
            if chart.transition(way).trigger == .timeout(index) { return "it has fired" }
            return chart.leaves(way, state) ? "'\(path)' was left before" : elsewhere(state, way.source)
        }
    }

    private func elsewhere(_ state: Int, _ other: Int) -> String? {
        chart.canMeet(state, other) ? nil : "the order is not in '\(chart.states.rows[state].path)'"
    }
}
