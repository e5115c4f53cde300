import WaybillCore

/// Finds what is asked of an order in the step with which it ends: nothing hears it any more.
///
/// A final state of the root ends the order at once. An event raised on the way would be dropped without a word, and
/// the answer to a call refused: money that should go back would stay.
struct EndCheck {
    let states: StateTable
    let log: FindingLog

    func run() {
        guard case .compound = states.rows[0].outline.kind else { return }
        for end in states.rows[0].children where states.rows[end].isFinal {
            check(states.rows[end].outline.entry, end: end)
        }
        for (index, row) in states.rows.enumerated() {
            for transition in row.outline.transitions {
                guard let target = transition.target.flatMap({ states.target(Text($0.text ?? ""), from: index) }),
                    states.rows[target].parent == 0, states.rows[target].isFinal
                else { continue }
                check(transition.actions, end: target)
            }
        }
    }

    private func check(_ actions: [Outline.Action], end: Int) {
        for action in actions {
            switch action.verb {
            case .raise(let node, let name, _): tell(at: node, "'\(name)'", end: end)
            case .call(let call): tell(at: action.node, "the answer to this call, '\(call.ok.text ?? "")',", end: end)
            case .stock(let stock):
                let answers = Set([stock.then, stock.otherwise].compactMap { $0 }).map { "'\($0)'" }.sorted()
                if !answers.isEmpty { tell(at: action.node, answers.joined(separator: " or "), end: end) }
            case .forEach(_, _, let body): check(body, end: end)
            case .assign, .put, .send, .releaseHeld, .extend, .reschedule, .stop, .spawn, .tell, .stopCall: break
            }
        }
    }

    private func tell(at node: DocumentNode, _ what: String, end: Int) {
        let path = states.rows[end].path
        log.error(
            at: node, "the order ends in '\(path)', and nothing hears \(what) any more",
            hint: "put '\(path)' into a state of its own, whose end is not the order's: "
                + "`over: {initial: \(path), states: {\(path): {type: final}}}`")
    }
}
