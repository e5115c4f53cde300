/// A condition as people wrote it, with the sentence that they gave for it.
package struct WrittenRule: Hashable, Sendable {
    package let condition: Text
    package let because: Text?
}

/// What people are told of a workflow's rules before they meet them.
extension Workflow {
    /// The guards of a command, each once, in the order of the file.
    package func guards(of command: EventName) -> [WrittenRule] {
        var rules: [WrittenRule] = []
        for transition in states.lazy.flatMap(\.transitions) {
            guard case .event(command) = transition.trigger, let text = transition.guardText else { continue }
            let rule = WrittenRule(condition: text, because: transition.because)
            if !rules.contains(rule) { rules.append(rule) }
        }
        return rules
    }

    /// What holds after every event.
    package var writtenInvariants: [WrittenRule] {
        invariants.map { WrittenRule(condition: $0.text, because: $0.because) }
    }

    /// What reservations say when there is too little, each once, in the order of the file.
    package var sentencesOfReservations: [Text] {
        var sentences: [Text] = []
        for state in states {
            collect(state.entry, into: &sentences)
            for transition in state.transitions { collect(transition.actions, into: &sentences) }
            collect(state.exit, into: &sentences)
        }
        return sentences
    }

    private func collect(_ actions: [Action], into sentences: inout [Text]) {
        for action in actions {
            switch action.verb {
            case .stock(let stock):
                if let because = stock.because, !sentences.contains(because) { sentences.append(because) }
            case .forEach(_, _, let body): collect(body, into: &sentences)
            case .assign, .put, .raise, .send, .extend, .reschedule, .stop, .spawn, .tell, .call, .stopCall: break
            }
        }
    }
}
