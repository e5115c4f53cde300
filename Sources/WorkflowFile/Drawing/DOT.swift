package import WaybillCore

/// Draws a workflow in the DOT language of Graphviz. States with children are clusters, regions have dashed borders.
package func drawDOT(_ workflow: Workflow) -> String {
    var drawing = DOTDrawing(workflow: workflow, labels: DrawingLabels(workflow: workflow))
    drawing.draw()
    return drawing.lines.joined(separator: "\n") + "\n"
}

private struct DOTDrawing {
    let workflow: Workflow
    let labels: DrawingLabels
    var lines: [String] = []

    mutating func draw() {
        lines.append("digraph \(quoted(workflow.name.description)) {")
        lines.append("    compound=true; rankdir=LR; fontname=\"Helvetica\";")
        lines.append("    node [shape=box, style=rounded, fontname=\"Helvetica\"];")
        lines.append("    edge [fontname=\"Helvetica\", fontsize=10];")
        state(0, indent: 1)
        for source in workflow.states.indices {
            for transition in workflow.states[source].transitions { edge(of: transition, from: source) }
        }
        lines.append("}")
    }

    private mutating func line(_ text: String, _ indent: Int) {
        lines.append(String(repeating: "    ", count: indent) + text)
    }

    private mutating func state(_ index: Int, indent: Int) {
        let state = workflow.states[index]
        let text = ([labels.title(of: index)] + labels.inside(state)).joined(separator: "\n")
        guard !state.children.isEmpty else {
            let border = state.kind == .final ? ", peripheries=2" : ""
            return line("s\(index) [label=\(quoted(text))\(border)];", indent)
        }
        let isRegion = state.parent.map { workflow.states[$0].kind == .parallel } ?? false
        line("subgraph cluster_\(index) {", indent)
        line("label=\(quoted(text)); style=\"\(isRegion ? "rounded,dashed" : "rounded")\";", indent + 1)
        // Edges end at nodes; this one stands for the cluster, and for the way into its initial state.
        switch state.kind {
        case .compound(let initial):
            line("s\(index) [shape=point, label=\"\"];", indent + 1)
            line("s\(index) -> s\(initial)\(clipped(head: initial));", indent + 1)
        case .parallel, .atomic, .final:
            line("s\(index) [shape=point, style=invis, label=\"\"];", indent + 1)
        }
        for child in state.children { self.state(child, indent: indent + 1) }
        line("}", indent)
    }

    private mutating func edge(of transition: Transition, from source: Int) {
        guard let target = transition.target else { return }
        var attributes = ["label=\(quoted(labels.label(of: transition)))"]
        if !workflow.states[source].children.isEmpty { attributes.append("ltail=cluster_\(source)") }
        if !workflow.states[target].children.isEmpty { attributes.append("lhead=cluster_\(target)") }
        line("s\(source) -> s\(target) [\(attributes.joined(separator: ", "))];", 1)
    }

    private func clipped(head: Int) -> String {
        workflow.states[head].children.isEmpty ? "" : " [lhead=cluster_\(head)]"
    }

    private func quoted(_ text: String) -> String {
        var result = "\""
        for character in text {
            switch character {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n", "\r": result += "\\n"
            default: result.append(character)
            }
        }
        return result + "\""
    }
}
