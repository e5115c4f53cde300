import WaybillCore

/// Finds steps that never end, lives that end as they begin, and `exit:` that no step can reach.
struct StepCheck {
    let chart: JudgedChart

    func run() {
        checkBirth()
        checkEndlessSteps()
        checkExits()
    }

    /// An order that is placed into its end hears nothing at all.
    private func checkBirth() {
        guard chart.workflow.isFinished(chart.entriesAtBirth) else { return }
        let root = chart.states.rows[0].outline
        let node: DocumentNode
        if case .compound(let initial?) = root.kind { node = initial } else { node = root.node }
        chart.log.error(
            at: node, "the order ends in the step that places it, and hears nothing",
            hint: "begin in a state that waits for something")
    }

    /// An `always:` without a guard that leads back to itself, directly or through others like it, never ends. A way
    /// with a guard before it may end it.
    private func checkEndlessSteps() {
        for leaf in chart.leaves(of: chart.reached) {
            guard let first = chart.certainWay(from: leaf) else { continue }
            var way: JudgedChart.Way? = first
            var seen: Set<JudgedChart.Way> = []
            while let current = way {
                // Without a target the state stays, and with it the way.
                if chart.transition(current).target == nil || !seen.insert(current).inserted {
                    return chart.log.error(
                        at: chart.outline(first).node, "`always:` without a guard repeats itself for ever from here",
                        hint: "put a way with a guard before it, or give it a target that has no such `always:`")
                }
                way = chart.certainWay(after: chart.entries(of: current))
            }
        }
    }

    /// The root is never left, nor is a state that no way leads out of.
    private func checkExits() {
        let ways = chart.ways
        for state in chart.reached.states {
            guard let first = chart.states.rows[state].outline.exit.first,
                !ways.contains(where: { chart.leaves($0, state) })
            else { continue }
            chart.log.error(
                at: first.node, "`exit:` of a state that is never left",
                hint: state == 0 || chart.workflow.states[state].kind == .final
                    ? "when the order ends, the `entry:` of its final state acts" : "remove it, or add a way out")
        }
    }
}
