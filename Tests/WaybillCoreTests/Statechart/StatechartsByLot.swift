import Testing
import WaybillCore

/// Random charts, run by the engine's interpreter and by the plain one.
@Suite struct `Statecharts drawn by lot` {
    @Test(arguments: 0..<12) func `run as the plain interpreter says`(block: Int) throws {
        var stepsTaken = 0
        for seed in block * 50..<(block + 1) * 50 {
            var lot = ChartLot(seed: seed)
            let model = lot.chart()
            stepsTaken += try compare(model, text: model.yaml, &lot, seed: seed)
        }
        #expect(stepsTaken > 50, "the charts hardly move: they test nothing")
    }

    /// Sends events until the two disagree, the chart ends, or it never does; returns how many were accepted.
    private func compare(_ drawn: StatechartModel, text: String, _ lot: inout ChartLot, seed: Int) throws -> Int {
        var model = drawn
        let chart = try Chart(waiting: text)
        var steps = 0
        for step in 0..<12 {
            let event = step == 0 ? "start" : "e\(lot.below(4))"
            let isWanted = step == 0 ? model.start() : model.send(event)
            let refused = refusal { try chart.send(EventName(event)) }
            let place = "seed \(seed), step \(step) (\(event))\n\(text)"
            #expect((refused == nil) == isWanted, "\(refused?.message ?? "taken"), \(place)")
            guard refused == nil, isWanted else {
                // An endless step leaves the model in the middle of it; an unwanted event leaves both as they were.
                if case .notPossible = refused, !model.isOver { continue }
                return steps
            }
            steps += 1
            try #require(chart.said == model.said, "\(place)")
            try #require(chart.leaves == model.leaves, "\(place)")
            #expect(chart.workflow.isFinished(chart.order.configuration) == model.isOver, "\(place)")
        }
        return steps
    }
}

/// Draws charts of up to 20 states.
struct ChartLot {
    private var lot: SeededLot
    private var nodes: [StatechartModel.Node] = []

    init(seed: Int) { lot = SeededLot(seed) }

    mutating func below(_ bound: Int) -> Int { lot.below(bound) }

    mutating func chart() -> StatechartModel {
        nodes = []
        _ = grow(parent: nil, depth: 0)
        for source in nodes.indices { addWays(to: source) }
        return StatechartModel(nodes: nodes)
    }

    private mutating func grow(parent: Int?, depth: Int) -> Int {
        let index = nodes.count
        let above = parent.map { nodes[$0].path } ?? ""
        let path = parent == nil ? "" : above.isEmpty ? "s\(index)" : "\(above).s\(index)"
        nodes.append(StatechartModel.Node(path: path, parent: parent, kind: .atomic))
        let isRegion = parent.map { if case .parallel = nodes[$0].kind { true } else { false } } ?? false
        let lot = depth == 0 ? 4 + below(6) : below(10)
        let hasChildren = depth < 4 && nodes.count < 16 && (lot >= 5 || (isRegion && lot > 0) || depth == 0)
        if hasChildren {
            let isParallel = lot >= 8
            nodes[index].kind = isParallel ? .parallel : .compound(initial: 0)
            let children = (0..<(isParallel ? 2 : 1) + below(3)).map { _ in grow(parent: index, depth: depth + 1) }
            nodes[index].children = children
            if !isParallel { nodes[index].kind = .compound(initial: children[below(children.count)]) }
        } else if !isRegion, depth > 0, lot == 0 {
            nodes[index].kind = .final
        }
        return index
    }

    private mutating func addWays(to source: Int) {
        if case .final = nodes[source].kind { return }
        let triggers = ["e0", "e1", "e2", "e3", "always"] + (source == 0 ? [] : ["onDone"])
        for trigger in triggers where below(trigger == "always" ? 8 : 3) == 0 {
            for alternative in 0..<1 + below(2) {
                let target: Int? = below(5) == 0 ? nil : 1 + below(nodes.count - 1)
                var isInternal = false
                if let target, case .compound = nodes[source].kind, below(2) == 0 {
                    isInternal = StatechartModel(nodes: nodes).ancestors(of: target).contains(source)
                }
                nodes[source].ways.append(
                    StatechartModel.Way(
                        trigger: trigger,
                        guarding: alternative == 0 || below(2) == 0 ? (1 + below(nodes.count - 1), below(2) == 0) : nil,
                        target: target, isInternal: isInternal, raises: below(4) == 0 ? "e\(below(4))" : nil,
                        tag: "way-\(source)-\(trigger)-\(alternative)"))
            }
        }
    }
}

extension StatechartModel {
    /// The chart as a workflow file.
    var yaml: String { yaml(of: 0, indent: "") }

    private func yaml(of state: Int, indent: String) -> String {
        let node = nodes[state]
        var lines = ["entry: \(say("in-\(state)"))", "exit: \(say("out-\(state)"))"]
        switch node.kind {
        case .atomic: break
        case .final: lines.append("type: final")
        case .parallel: lines.append("type: parallel")
        case .compound(let initial): lines.append("initial: s\(initial)")
        }
        let events = Set(node.ways.map(\.trigger)).subtracting(["always", "onDone"]).sorted()
        if !events.isEmpty { lines.append("on:") }
        for event in events { lines.append("  \(event): [\(ways(of: node, event))]") }
        for trigger in ["always", "onDone"] where node.ways.contains(where: { $0.trigger == trigger }) {
            lines.append("\(trigger): [\(ways(of: node, trigger))]")
        }
        if !node.children.isEmpty { lines.append("states:") }
        var text = lines.map { indent + $0 + "\n" }.joined()
        for child in node.children {
            text += "\(indent)  s\(child):\n" + yaml(of: child, indent: indent + "    ")
        }
        return text
    }

    private func ways(of node: Node, _ trigger: String) -> String {
        node.ways.filter { $0.trigger == trigger }.map { way in
            var parts: [String] = []
            if let (state, isNegated) = way.guarding {
                parts.append("guard: \"\(isNegated ? "NOT " : "")IN_STATE('\(nodes[state].path)')\"")
            }
            if let target = way.target { parts.append("target: \(nodes[target].path)") }
            if way.isInternal { parts.append("internal: true") }
            let raise = way.raises.map { ", {raise: \($0)}" } ?? ""
            parts.append("actions: [{send: {topic: log, tag: \(way.tag)}}\(raise)]")
            return "{\(parts.joined(separator: ", "))}"
        }.joined(separator: ", ")
    }
}
