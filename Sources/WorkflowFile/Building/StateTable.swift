import WaybillCore

/// The states in document order, each with its place in the tree.
struct StateTable {
    struct Row {
        let outline: Outline.State
        let path: Text
        let parent: Int?
        var children: [Int] = []
        /// The last descendant in document order.
        var last = 0
        /// Indices into ``timeouts``.
        var timeouts: [Int] = []
    }

    struct Timeout {
        let name: TimeoutName
        let state: Int
        let outline: Outline.Timeout
    }

    private(set) var rows: [Row] = []
    private(set) var timeouts: [Timeout] = []
    private(set) var timeoutIndex: [Text: Int] = [:]

    init(root: Outline.State, log: FindingLog) {
        add(root, path: "", parent: nil, log: log)
        if timeouts.count > WorkflowLimits.timeoutsMax {
            log.error(at: root.node, "\(timeouts.count) timeouts, more than \(WorkflowLimits.timeoutsMax)")
        }
    }

    var paths: [Text] { rows.map(\.path) }

    private mutating func add(_ state: Outline.State, path: Text, parent: Int?, log: FindingLog) {
        let index = rows.count
        guard index < WorkflowLimits.statesMax else {
            return log.error(at: rows[0].outline.node, "more than \(WorkflowLimits.statesMax) states")
        }
        rows.append(Row(outline: state, path: path, parent: parent))
        if let parent { rows[parent].children.append(index) }
        for timeout in state.timeouts { add(timeout, state: index, log: log) }
        for child in state.children {
            add(child, path: path.isEmpty ? child.name : "\(path).\(child.name)", parent: index, log: log)
        }
        rows[index].last = rows.count - 1
    }

    /// A timeout without a name of its own is named after its state and its length.
    private mutating func add(_ timeout: Outline.Timeout, state: Int, log: FindingLog) {
        let name: Text =
            switch timeout.due {
            case .literal:
                rows[state].path.isEmpty ? "after.\(timeout.word)" : "\(rows[state].path).after.\(timeout.word)"
            case .within, .at: timeout.word
            }
        if let other = timeoutIndex[name] {
            log.error(
                at: timeout.node,
                "a second timeout '\(name)'; the first is in line \(timeouts[other].outline.node.place.line)",
                hint: "names of timeouts are unique in a workflow")
        } else {
            timeoutIndex[name] = timeouts.count
        }
        rows[state].timeouts.append(timeouts.count)
        timeouts.append(Timeout(name: TimeoutName(name), state: state, outline: timeout))
    }

    // MARK: Targets

    /// The state that a target means. Its first name is a sibling of the source, else a child of it, else a state below
    /// the root; `.child` is a child whatever the siblings are called. Further names, after dots, lead downwards.
    func target(_ name: Text, from source: Int) -> Int? {
        let names = name.string.split(separator: ".", omittingEmptySubsequences: false).map { Text(String($0)) }
        guard let first = names.first, !name.isEmpty else { return nil }
        if first.isEmpty { return descend(names.dropFirst(), from: source) }
        if let parent = rows[source].parent, let near = descend(names[...], from: parent) { return near }
        return descend(names[...], from: source) ?? descend(names[...], from: 0)
    }

    private func descend(_ names: ArraySlice<Text>, from state: Int) -> Int? {
        var current = state
        for name in names {
            guard let next = child(name, of: current) else { return nil }
            current = next
        }
        return current
    }

    func child(_ name: Text, of state: Int) -> Int? {
        rows[state].children.first { rows[$0].outline.name == name }
    }

    /// What may have been meant by a target that does not exist.
    func nearestTarget(to name: Text, from source: Int) -> Text? {
        let near = (rows[source].parent.map { rows[$0].children } ?? []) + rows[source].children
        let names = near.map { rows[$0].outline.name } + paths.dropFirst()
        if let nearest = nearestName(to: name, among: names) { return nearest }
        return paths.first { $0.string.hasSuffix(".\(name)") }
    }

    func isDescendant(_ state: Int, of ancestor: Int) -> Bool { state > ancestor && state <= rows[ancestor].last }

    /// Whether the state or one above it satisfies `condition`, the root left out.
    func anyAncestorOrSelf(of state: Int, where condition: (Int) -> Bool) -> Bool {
        var current = state
        while current != 0 {
            if condition(current) { return true }
            current = rows[current].parent ?? 0
        }
        return false
    }
}
