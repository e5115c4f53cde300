/// One run to completion of the statechart: what follows from one command or timeout, up to a stable configuration.
///
/// The rules are those of the W3C SCXML recommendation, appendix D: document order, optimal enabled transition set,
/// conflicts by exit sets with inner states first, eventless transitions before internal events, internal events before
/// the next command.
///
///     command or timeout ──► microstep ──► always? ──► microstep ─┐
///                                 ▲          │ none               │
///                                 │          ▼                    │
///                                 └── internal event? ◄───────────┘
///                                            │ none
///                                            ▼
///                                    stable: invariants, status
///
/// The order's context and configuration live in `scope` while the step runs, so that expressions see them without
/// copies.
struct Macrostep {
    let workflow: Workflow
    let facts: any StockFacts
    let now: Moment
    /// The rules by which it is decided.
    let semantics: Semantics
    /// The lane of what is being handled, where that is not the order's.
    let lane: Text?
    /// The earliest due time of a timeout with a length (`within:`) that is armed by entering a state.
    private(set) var earliestDue: Moment
    var order: Order
    var scope: Scope
    var outcome = Outcome()
    /// Reserved lines whose stock must be opened first.
    var opened: [ReserveLine] = []
    /// Raised events that wait for their turn.
    var raised: [Happening] = []
    var microsteps = 0
    /// Whether the order has ended: nothing happens to it any more.
    var isFinished: Bool
    /// What a dry run prints: actions in the order in which they ran. Nil: nobody looks.
    var trace: [String]?

    /// What transitions are chosen for.
    enum Happening: Hashable {
        case event(EventName, data: [Value])
        case always
        case done(Int)
        case timeout(Int)
    }

    init(
        workflow: Workflow, order: Order, facts: any StockFacts, now: Moment, semantics: Semantics,
        lane: Text? = nil, isTraced: Bool = false
    ) {
        self.workflow = workflow
        self.semantics = semantics
        self.lane = lane
        self.facts = facts
        self.now = now
        earliestDue = now
        self.order = order
        scope = Scope(
            context: order.context, derived: workflow.derivedExpressions, configuration: order.configuration, now: now,
            orderID: order.id.text, version: order.version, placedAt: order.placedAt)
        self.order.context = []
        if semantics.stepsAreCounted { scope.stepsLeft = InterpreterLimits.stepsMax }
        isFinished = workflow.isFinished(order.configuration)
        trace = isTraced ? [] : nil
    }

    /// What happens is a timeout or a deadline: one of no length that it arms is due a millisecond later, else it would
    /// fire for ever at one moment. One of a fixed time can do so too, and then the engine parks it.
    mutating func fires() { earliestDue = now.advanced(by: Interval(milliseconds: 1)) }

    /// Enters the initial states: the first step of an order.
    mutating func start() throws(Refusal) {
        var entered = StateSet()
        entered.insert(0)
        workflow.addDescendants(of: 0, to: &entered)
        try enter(entered)
        try settle()
    }

    /// Handles one happening and everything that follows; false when no transition was enabled, as in an order that has
    /// ended: not even its root reacts.
    mutating func run(_ happening: Happening) throws(Refusal) -> Bool {
        guard !isFinished else { return false }
        let transitions = try select(for: happening)
        guard !transitions.isEmpty else { return false }
        try take(transitions)
        try settle()
        return true
    }

    /// Takes eventless transitions, then internal events, until nothing moves.
    private mutating func settle() throws(Refusal) {
        while !isFinished {
            let eventless = try select(for: .always)
            if !eventless.isEmpty {
                try take(eventless)
                continue
            }
            guard !raised.isEmpty else {
                // All regions of a parallel root are final, and nothing waits to be heard.
                isFinished = semantics.regionsAreHeardToTheEnd && workflow.isFinished(scope.configuration)
                return
            }
            let happening = raised.removeFirst()
            let transitions = try select(for: happening)
            if !transitions.isEmpty { try take(transitions) }
        }
    }

    /// One microstep: leave, act, enter.
    private mutating func take(_ transitions: [Selected]) throws(Refusal) {
        microsteps += 1
        guard microsteps <= InterpreterLimits.microstepsMax else {
            throw .limit("microsteps that follow from one command", max: InterpreterLimits.microstepsMax)
        }
        var left = StateSet()
        var entered = StateSet()
        for transition in transitions {
            left.formUnion(transition.exits)
            workflow.addEntries(of: transition.transition, from: transition.source, to: &entered)
        }
        try leave(left)
        for selected in transitions { try perform(selected.transition.actions) }
        try enter(entered)
    }

    /// The order after the step: invariants hold, status is computed.
    mutating func finish(data: [Value] = []) throws(Refusal) -> Decision {
        scope.event = []
        if isFinished {
            for timeout in order.timeouts { outcome.stop(timeout.name) }
            order.timeouts = []
            try endCalls()
        }
        for invariant in workflow.invariants where try !holds(invariant.expression) {
            throw .invariantBroken(
                Refusal.Condition(
                    invariant.text.string, because: invariant.because?.string,
                    parts: ConditionReading.parts(of: invariant.expression, in: scope, of: workflow)))
        }
        if semantics.keepsToTheCalendar, let refusal = outcome.refusalOfTimes() { throw refusal }
        let status = try currentStatus()
        if status != order.status {
            outcome.status = status
            order.status = status
        }
        order.context = scope.context
        order.configuration = scope.configuration
        order.version += 1
        return Decision(order: order, outcome: outcome, data: data, opened: opened, trace: trace ?? [])
    }

    private mutating func currentStatus() throws(Refusal) -> Text {
        guard let expression = workflow.status else { return workflow.firstLeaf(of: scope.configuration) }
        guard case .text(let text) = try value(expression) else { return "" }
        return text
    }

    /// Counts what is no expression: elements that are looked through, written or copied.
    mutating func spend(_ steps: Int) throws(Refusal) {
        do throws(EvaluationError) {
            try scope.spend(steps)
        } catch {
            throw error.refusal
        }
    }

    mutating func value(_ expression: Expression) throws(Refusal) -> Value {
        do throws(EvaluationError) {
            return try evaluate(expression, in: &scope)
        } catch {
            throw error.refusal
        }
    }

    /// Whether a condition is true; NULL (unknown) is not.
    mutating func holds(_ condition: Expression) throws(Refusal) -> Bool {
        do throws(EvaluationError) {
            return try WaybillCore.holds(condition, in: &scope)
        } catch {
            throw error.refusal
        }
    }
}

/// Bounds of one command's consequences; each is refused by name when it is crossed.
package enum InterpreterLimits {
    package static let microstepsMax = 256
    /// Parts of expressions that are evaluated and elements that are passed: what bounds the time of one command.
    package static let stepsMax = 5_000_000
    package static let raisedMax = 1_024
    package static let messagesMax = 256
    package static let movementsMax = 2_048
    package static let changesMax = 4_096
    /// Natural keys that one order remembers. Beyond it a command with a key is refused, and nothing of it is kept;
    /// answers to calls are taken all the same.
    package static let naturalKeysMax = 1_024
    /// Child orders of one order, of all kinds together.
    package static let childrenMax = 1_000
    /// Of a child's name within its parent.
    package static let childIDBytesMax = 64
    /// What one command may tell the order's relatives.
    package static let relativesMax = 1_000
    /// Open calls of one order.
    package static let callsMax = 256
    /// Ended calls of one order of which a late answer is heard; with so many it makes no further call.
    package static let lapsedCallsMax = 64
    /// Of a SKU or a location, each.
    package static let stockNameBytesMax = 256
}

extension EvaluationError {
    var refusal: Refusal {
        switch self {
        case .overflow: .arithmetic("a number left the 64-bit range")
        case .divisionByZero: .arithmetic("division by zero")
        case .notAllocatable:
            .arithmetic("an amount cannot be allocated: it or a weight is negative, or all weights are zero")
        case .textTooLong: .limit("bytes of a joined text", max: Expression.textBytesMax)
        case .tooManySteps: .limit("evaluation steps of one command", max: InterpreterLimits.stepsMax)
        }
    }
}

extension Workflow {
    /// The active states without active children, in document order.
    package func leaves(of configuration: StateSet) -> [Int] {
        var leaves: [Int] = []
        configuration.forEach { state in
            if states[state].children.isEmpty { leaves.append(state) }
        }
        return leaves
    }

    /// The path of the first active leaf: the status of an order whose workflow declares none.
    func firstLeaf(of configuration: StateSet) -> Text {
        leaves(of: configuration).first.map { states[$0].path } ?? ""
    }

    /// Whether a final child of the root is active, or all regions of a parallel root are: the order has ended.
    package func isFinished(_ configuration: StateSet) -> Bool {
        configuration.contains(0) && isInFinalState(0, configuration)
    }

    /// SCXML's isInFinalState.
    func isInFinalState(_ state: Int, _ configuration: StateSet) -> Bool {
        switch states[state].kind {
        case .compound:
            states[state].children.contains { states[$0].kind == .final && configuration.contains($0) }
        case .parallel:
            states[state].children.allSatisfy { isInFinalState($0, configuration) }
        case .atomic, .final:
            false
        }
    }
}
