import WaybillCore

/// Finds what is asked of an order in the step with which it ends: nothing hears it any more.
///
/// A final state of the root ends the order at once. An event raised on the way would be dropped without a word, and
/// the answer to a call refused: money that should go back would stay. On the way is all that the step does: the
/// `exit:` of what it leaves, the actions of its ways, the `entry:` of what it enters, and, where an `always:` without
/// a guard leads on to the end, all that came before.
///
/// A parallel root ends when its last region is final and all that was raised is heard: only answers come too late.
struct EndCheck {
    let chart: JudgedChart
    /// What was told already: an `exit:` is passed on many ways.
    private(set) var told: Set<Place> = []

    init(chart: JudgedChart) { self.chart = chart }

    mutating func run() {
        judge([], entering: chart.entriesAtBirth)
        for way in chart.ways where chart.transition(way).target != nil {
            // Whatever may be active beside or below the source is left too.
            let left = chart.exits(of: way).states.reversed()
            judge(
                left.map { chart.states.rows[$0].outline.exit } + [chart.outline(way).actions],
                entering: chart.entries(of: way))
        }
    }

    /// Follows the order from what it enters for as long as it is certain where it goes next.
    private mutating func judge(_ lists: [[Outline.Action]], entering first: StateSet) {
        var lists = lists
        var entered = first
        var seen: Set<JudgedChart.Way> = []
        while true {
            lists += entered.states.map { chart.states.rows[$0].outline.entry }
            if let end = chart.end(in: entered) { return check(lists, end: end) }
            guard let way = chart.certainWay(after: entered), seen.insert(way).inserted,
                chart.transition(way).target != nil
            else { return }
            let left = entered.states.reversed().filter { chart.leaves(way, $0) }
            lists += left.map { chart.states.rows[$0].outline.exit } + [chart.outline(way).actions]
            entered = chart.entries(of: way)
        }
    }

    private mutating func check(_ lists: [[Outline.Action]], end: Int) {
        for action in lists.joined() {
            switch action.verb {
            case .raise(let node, let name, _): raised("'\(name)'", at: node, end: end)
            case .call(let call): tell(at: action.node, "the answer to this call, '\(call.ok.text ?? "")',", end: end)
            case .stock(let stock):
                let answers = Set([stock.then, stock.otherwise].compactMap { $0 }).map { "'\($0)'" }.sorted()
                if !answers.isEmpty { raised(answers.joined(separator: " or "), at: action.node, end: end) }
            case .forEach(_, _, let body): check([body], end: end)
            case .assign, .put, .send, .releaseHeld, .extend, .reschedule, .stop, .spawn, .tell, .stopCall: break
            }
        }
    }

    private mutating func raised(_ what: String, at node: DocumentNode, end: Int) {
        if !chart.hasRegions { tell(at: node, what, end: end) }
    }

    private mutating func tell(at node: DocumentNode, _ what: String, end: Int) {
        guard told.insert(node.place).inserted else { return }
        let state = chart.states.rows[end]
        let name = state.outline.name
        chart.log.error(
            at: node,
            "the order \(chart.hasRegions ? "can end" : "ends") in '\(state.path)', and nothing hears \(what) any more",
            hint: "put '\(name)' into a state of its own, whose end is not the order's: "
                + "`over: {initial: \(name), states: {\(name): {type: final}}}`")
    }
}
