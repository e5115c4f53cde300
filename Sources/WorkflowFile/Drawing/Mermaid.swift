package import WaybillCore

/// Draws a workflow as a Mermaid state diagram, which Markdown pages show as a picture.
///
/// Mermaid draws no arrow across the border of a composite state. Such an arrow is drawn between the outer states, and
/// its label says where it really starts and ends.
package func drawMermaid(_ workflow: Workflow) -> String {
    var drawing = MermaidDrawing(workflow: workflow, labels: DrawingLabels(workflow: workflow))
    drawing.draw()
    return drawing.lines.joined(separator: "\n") + "\n"
}

private struct MermaidDrawing {
    let workflow: Workflow
    let labels: DrawingLabels
    var lines = ["stateDiagram-v2"]

    mutating func draw() {
        // The root is drawn too: only a composite state can have regions, notes and arrows of its own.
        state(0, indent: 1)
        arrows(in: nil, indent: 1)
    }

    private mutating func line(_ text: String, _ indent: Int) {
        lines.append(String(repeating: "    ", count: indent) + text)
    }

    private mutating func state(_ index: Int, indent: Int) {
        let state = workflow.states[index]
        let declaration = "state \"\(escaped(labels.title(of: index)))\" as s\(index)"
        if state.children.isEmpty {
            line(declaration, indent)
        } else {
            line(declaration + " {", indent)
            children(of: index, indent: indent + 1)
            line("}", indent)
        }
        if state.kind == .final { line("s\(index) --> [*]", indent) }
        let inside = labels.inside(state)
        guard !inside.isEmpty else { return }
        line("note right of s\(index)", indent)
        for label in inside { line(escaped(label), indent + 1) }
        line("end note", indent)
    }

    private mutating func children(of index: Int, indent: Int) {
        let state = workflow.states[index]
        for (number, child) in state.children.enumerated() {
            if state.kind == .parallel, number > 0 { line("--", indent) }
            self.state(child, indent: indent)
        }
        if case .compound(let initial) = state.kind { line("[*] --> s\(initial)", indent) }
        arrows(in: index, indent: indent)
    }

    private mutating func arrows(in container: Int?, indent: Int) {
        for source in workflow.states.indices {
            for transition in workflow.states[source].transitions {
                guard let arrow = arrow(of: transition, from: source), arrow.container == container else { continue }
                line("s\(arrow.tail) --> s\(arrow.head) : \(escaped(arrow.label))", indent)
            }
        }
    }

    private struct Arrow {
        /// Nil: outside the root.
        let container: Int?
        let tail: Int
        let head: Int
        let label: String
    }

    /// The arrow between the children of the innermost state that contains both ends and is neither.
    private func arrow(of transition: Transition, from source: Int) -> Arrow? {
        guard let target = transition.target else { return nil }
        var tail = source
        while let parent = workflow.states[tail].parent, !contains(tail, target), !contains(parent, target) {
            tail = parent
        }
        let container = workflow.states[tail].parent
        let head = container.flatMap { outer in workflow.states[outer].children.first { contains($0, target) } } ?? tail
        var label = labels.label(of: transition)
        if tail != source { label = "\(labels.title(of: source)): \(label)" }
        if head != target { label += " -> \(workflow.states[target].path)" }
        return Arrow(container: container, tail: tail, head: head, label: label)
    }

    private func contains(_ state: Int, _ other: Int) -> Bool {
        other >= state && other <= workflow.states[state].last
    }

    /// Mermaid's own escapes; what they stand for would end a label or start markup.
    private func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "#": result += "#35;"
            case ";": result += "#59;"
            case ":": result += "#58;"
            case "<": result += "#lt;"
            case ">": result += "#gt;"
            case "\"": result += "#quot;"
            case "\n", "\r": result += " "
            default: result.append(character)
            }
        }
        return result
    }
}
