/// A second statechart interpreter, as plain as it can be: sets of states and the rules of SCXML word by word, without
/// any of the engine's shortcuts. Charts are drawn by lot and told as YAML; the two interpreters must agree.
struct StatechartModel {
    struct Node {
        var path: String
        var parent: Int?
        var children: [Int] = []
        var kind: Kind
        var ways: [Way] = []
    }

    enum Kind { case atomic, compound(initial: Int), parallel, final }

    struct Way {
        var trigger: String
        /// Taken only while this state is active (or not, with `isNegated`).
        var guarding: (state: Int, isNegated: Bool)?
        var target: Int?
        var isInternal: Bool
        var raises: String?
        var tag: String
    }

    let nodes: [Node]
    private(set) var active: Set<Int> = []
    private(set) var said: [String] = []
    private var waiting: [String] = []
    private(set) var isOver = false

    init(nodes: [Node]) { self.nodes = nodes }

    var leaves: [String] { active.sorted().filter { nodes[$0].children.isEmpty }.map { nodes[$0].path } }

    // MARK: Running

    mutating func start() -> Bool {
        said = []
        enter(closure(of: [0]))
        return settle()
    }

    /// Handles an event to the end; false when it was not wanted or never ended. Then the model is of no more use.
    mutating func send(_ event: String) -> Bool {
        said = []
        guard !isOver else { return false }
        let ways = chosen(for: event)
        guard !ways.isEmpty else { return false }
        take(ways)
        return settle()
    }

    private mutating func settle() -> Bool {
        var steps = 1
        while !isOver {
            guard steps <= 256, said.count <= 256 else { return false }
            let eventless = chosen(for: "always")
            if !eventless.isEmpty {
                take(eventless)
                steps += 1
            } else if waiting.isEmpty {
                isOver = isFinal(0)
                break
            } else {
                let ways = chosen(for: waiting.removeFirst())
                if !ways.isEmpty {
                    take(ways)
                    steps += 1
                }
            }
        }
        waiting = []
        return steps <= 256 && said.count <= 256
    }

    private mutating func take(_ ways: [(source: Int, way: Way)]) {
        let left = ways.reduce(into: Set<Int>()) { $0.formUnion(exits($1.way, from: $1.source)) }
        for state in left.sorted(by: >) {
            said.append("out-\(state)")
            active.remove(state)
        }
        for (_, way) in ways {
            said.append(way.tag)
            if let event = way.raises { waiting.append(event) }
        }
        var entered: Set<Int> = []
        for (source, way) in ways {
            guard let target = way.target else { continue }
            let domain = domain(of: way, from: source, to: target)
            entered.formUnion([target] + ancestors(of: target).prefix { $0 != domain })
        }
        enter(closure(of: entered))
    }

    private mutating func enter(_ states: Set<Int>) {
        for state in states.sorted() where !active.contains(state) {
            active.insert(state)
            said.append("in-\(state)")
            guard case .final = nodes[state].kind, let parent = nodes[state].parent else { continue }
            var ended = parent
            waiting.append("done.\(ended)")
            while let above = nodes[ended].parent, case .parallel = nodes[above].kind, isFinal(above) {
                waiting.append("done.\(above)")
                ended = above
            }
            // A parallel root waits until all is heard.
            if case .compound = nodes[0].kind, isFinal(0) { isOver = true }
        }
    }

    // MARK: Rules

    /// What must be active besides: every region of a parallel state, and some child of a compound one.
    private func closure(of states: Set<Int>) -> Set<Int> {
        var all = states
        var hasGrown = true
        while hasGrown {
            hasGrown = false
            // What stays active counts as well: a parallel root keeps all its regions.
            for state in all.union(active.contains(0) ? [0] : []).sorted() {
                switch nodes[state].kind {
                case .atomic, .final: break
                case .parallel:
                    for region in nodes[state].children where !active.contains(region) {
                        hasGrown = all.insert(region).inserted || hasGrown
                    }
                case .compound(let initial):
                    guard !nodes[state].children.contains(where: { all.contains($0) || active.contains($0) }) else {
                        break
                    }
                    hasGrown = all.insert(initial).inserted || hasGrown
                }
            }
        }
        return all
    }

    private func chosen(for event: String) -> [(source: Int, way: Way)] {
        var enabled: [(source: Int, way: Way)] = []
        for leaf in active.sorted() where nodes[leaf].children.isEmpty {
            search: for state in [leaf] + ancestors(of: leaf) {
                for way in nodes[state].ways where fits(way, event, state) && holds(way) {
                    if !enabled.contains(where: { $0.way.tag == way.tag }) { enabled.append((state, way)) }
                    break search
                }
            }
        }
        var kept: [(source: Int, way: Way)] = []
        for candidate in enabled {
            let exits = exits(candidate.way, from: candidate.source)
            let rivals = kept.filter { !self.exits($0.way, from: $0.source).isDisjoint(with: exits) }
            guard rivals.allSatisfy({ ancestors(of: candidate.source).contains($0.source) }) else { continue }
            kept.removeAll { kept in rivals.contains { $0.way.tag == kept.way.tag } }
            kept.append(candidate)
        }
        return kept
    }

    private func fits(_ way: Way, _ event: String, _ state: Int) -> Bool {
        way.trigger == event || (way.trigger == "onDone" && event == "done.\(state)")
    }

    private func holds(_ way: Way) -> Bool {
        way.guarding.map { active.contains($0.state) != $0.isNegated } ?? true
    }

    private func exits(_ way: Way, from source: Int) -> Set<Int> {
        guard let target = way.target else { return [] }
        let domain = domain(of: way, from: source, to: target)
        return active.filter { ancestors(of: $0).contains(domain) }
    }

    /// The least common compound ancestor, or the source itself for an internal way.
    private func domain(of way: Way, from source: Int, to target: Int) -> Int {
        if way.isInternal { return source }
        return ancestors(of: source).first { above in
            guard case .compound = nodes[above].kind else { return false }
            return ancestors(of: target).contains(above)
        } ?? 0
    }

    private func isFinal(_ state: Int) -> Bool {
        switch nodes[state].kind {
        case .atomic, .final: return false
        case .parallel: return nodes[state].children.allSatisfy(isFinal)
        case .compound:
            return nodes[state].children.contains { child in
                if case .final = nodes[child].kind { active.contains(child) } else { false }
            }
        }
    }

    /// Proper ancestors, the innermost first.
    func ancestors(of state: Int) -> [Int] {
        nodes[state].parent.map { [$0] + ancestors(of: $0) } ?? []
    }
}
