import WaybillCore

/// The states of an order as boxes in boxes, regions side by side, with what leads from where to where.
struct StateBoxes: Sendable {
    let shown: OrderShown
    let workflow: Workflow
    let moves: Moves
    private let spans: StateSpans

    init(_ shown: OrderShown, _ workflow: Workflow, _ moves: Moves) {
        self.shown = shown
        self.workflow = workflow
        self.moves = moves
        spans = StateSpans(shown.shownEvents)
    }

    func section() -> HTML {
        WaybillPages.section(.class("part"), .id("states"), .dataPart("states")) {
            header {
                h2 { "States" }
                p(.class("legend")) {
                    span(.class("mark ok")) { "possible now" }
                    span(.class("mark wait")) { "possible if its data fits" }
                    span(.class("mark off")) { "not possible now" }
                }
            }
            div(.class("chart")) {
                p(.class("small")) {
                    b { HTML(workflow.name.text.string) }
                    " "
                    span(.class("soft")) { HTML(summary) }
                }
                root
            }
        }
    }

    /// `three regions at once: money.paid + goods.arrived`
    private var summary: String {
        let states = shown.states.joined(separator: " + ")
        guard case .parallel = workflow.states.first?.kind else { return "in \(states)" }
        let count = workflow.states.first?.children.count ?? 0
        let words = ["no", "one", "two", "three", "four", "five", "six"]
        return "\(count < words.count ? words[count] : "\(count)") regions at once: \(states)"
    }

    private var root: HTML {
        pieces {
            if let root = workflow.states.first {
                if root.kind == .parallel {
                    regions(root.children)
                } else {
                    div(.class("flow")) { for child in root.children { box(child) } }
                }
                anyState(0, "In every state")
            }
        }
    }

    private func regions(_ children: [Int]) -> HTML {
        div(.class("regions")) { for child in children { region(child) } }
    }

    private func region(_ index: Int) -> HTML {
        let state = workflow.states[index]
        let count = (index...state.last).count { workflow.states[$0].children.isEmpty }
        return WaybillPages.section(.class("region"), .labelledby("region-\(index)")) {
            h3(.id("region-\(index)")) {
                HTML(state.name.string)
                span { HTML(Numbers.count(Int64(count), "state")) }
            }
            if state.children.isEmpty {
                box(index)
            } else {
                inside(state)
                anyState(index, "In every state of \(state.name.string)")
            }
        }
    }

    private func inside(_ state: State) -> HTML {
        state.kind == .parallel ? regions(state.children) : pieces { for child in state.children { box(child) } }
    }

    /// Whether the order is in a state, or in one within it.
    private func isActive(_ state: State) -> Bool {
        let path = state.path.string
        return shown.states.contains { $0 == path || $0.hasPrefix(path + ".") }
    }

    private func box(_ index: Int) -> HTML {
        let state = workflow.states[index]
        let isHere = isActive(state)
        let isFinal = state.kind == .final
        return div(.class("state\(isHere ? " here" : "")\(isFinal ? " final" : "")")) {
            h4 {
                HTML(state.name.string)
                span {
                    spans.words(for: state.path.string, isActive: isHere, isFinal: isFinal, shown.times)
                }
            }
            if isHere {
                moves.list(of: index)
            } else {
                moves.summary(of: index)
            }
            inside(state)
        }
    }

    private func anyState(_ index: Int, _ title: String) -> HTML {
        let list = moves.list(of: index)
        guard !list.isEmpty else { return HTML() }
        return div(.class("any")) {
            p(.class("soft small")) { HTML(title) }
            list
        }
    }
}
