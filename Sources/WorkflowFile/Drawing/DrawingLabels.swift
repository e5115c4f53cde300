import WaybillCore

/// What stands beside the arrows of a drawing.
struct DrawingLabels {
    let workflow: Workflow
    /// Longer guards and sentences are cut: a drawing shows the way, the file says the rest.
    private static let guardCharactersMax = 60

    /// `pay [event.amount_cents >= total_cents]`, or with the sentence that the workflow gives for the guard;
    /// `after 15m`, `after pay_within (pay_due)`, `always [...]`, `done`.
    func label(of transition: Transition) -> String {
        let trigger: String =
            switch transition.trigger {
            case .event(let name): name.description
            case .always: "always"
            case .done: "done"
            case .timeout(let index): timeout(workflow.timeouts[index])
            }
        guard let text = (transition.because ?? transition.guardText)?.string else { return trigger }
        let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        let shown = words.prefix(Self.guardCharactersMax)
        return "\(trigger) [\(shown)\(shown.endIndex == words.endIndex ? "" : "...")]"
    }

    private func timeout(_ timeout: Workflow.TimeoutDefinition) -> String {
        let name = timeout.name.description
        guard let text = timeout.dueText?.string else { return name }
        // A timeout without a name of its own has its length in it.
        if name.hasSuffix("after.\(text)") { return "after \(text)" }
        switch timeout.due {
        case .within: return "after \(text) (\(name))"
        case .at: return "at \(text) (\(name))"
        }
    }

    /// The labels of the transitions that leave no state.
    func inside(_ state: State) -> [String] {
        state.transitions.filter { $0.target == nil }.map { label(of: $0) }
    }

    /// The name of a state; the root has the workflow's.
    func title(of state: Int) -> String {
        state == 0 ? workflow.name.description : workflow.states[state].name.string
    }
}
