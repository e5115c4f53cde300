/// A checked workflow: a statechart with typed data, ready to run. `WorkflowFile` makes it from text.
///
/// All names are resolved to indices: states in document order, context fields and event data to slots, so that the
/// interpreter compares integers only.
///
/// A class, although it never changes: every step of every order holds it, and one count is kept instead of a dozen.
package final class Workflow: Sendable {
    package let name: WorkflowName
    package let version: Int64
    package let hash: WorkflowHash
    /// A digest of what the text says, without its comments and its layout.
    package let meaning: WorkflowHash
    /// The declared commands; empty when the file has no `commands:`, then any event name is accepted without data.
    package let commands: [CommandDefinition]
    package let context: RecordType
    /// Context slots that lists may filter by, at most 8.
    package let attributes: [Int]
    package let derived: [Derived]
    package let invariants: [Invariant]
    /// The one word a buyer sees; nil: the path of the first active leaf state.
    package let status: Expression?
    /// In document order; 0 is the root.
    package let states: [State]
    /// Every `after:` of the workflow.
    package let timeouts: [TimeoutDefinition]

    /// The kinds of child orders that it may spawn.
    package let children: [ChildDefinition]
    /// Every `call:` of the workflow, in document order.
    package let calls: [CallDefinition]
    /// What it says to other workflows: checked against them when they are known.
    package let relations: [Relation]

    package init(
        name: WorkflowName, version: Int64, hash: WorkflowHash, meaning: WorkflowHash? = nil,
        commands: [CommandDefinition], context: RecordType, attributes: [Int], derived: [Derived],
        invariants: [Invariant], status: Expression?, states: [State], timeouts: [TimeoutDefinition],
        children: [ChildDefinition] = [], calls: [CallDefinition] = [], relations: [Relation] = []
    ) {
        self.name = name
        self.version = version
        self.hash = hash
        self.meaning = meaning ?? hash
        self.commands = commands
        self.context = context
        self.attributes = attributes
        self.derived = derived
        self.invariants = invariants
        self.status = status
        self.states = states
        self.timeouts = timeouts
        self.children = children
        self.calls = calls
        self.relations = relations
        derivedExpressions = derived.map(\.expression)
        commandIndex = Dictionary(commands.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        stateNames = NameTable(states.map(\.path))
        blankContext = context.blank
        placement = commands.first.map { Placement(of: $0.data, in: context) }
        wanted = commands.first.map { WantedFields(states, data: $0.data, context: context) }
        timeoutIndex = Dictionary(timeouts.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    package let derivedExpressions: [Expression]
    private let commandIndex: [EventName: Int]
    private let stateNames: NameTable
    /// The context of an order of which nothing is known yet.
    let blankContext: [Value]
    /// Where the data of the command that places an order goes.
    let placement: Placement?
    /// Where that data names what the order wants.
    package let wanted: WantedFields?
    private let timeoutIndex: [TimeoutName: Int]

    /// The command that places an order: the first one declared. Nil without `commands:`; then any first command does.
    package var creation: CommandDefinition? { commands.first }

    package func command(_ name: EventName) -> CommandDefinition? { commandIndex[name].map { commands[$0] } }

    /// Whether it has this word: as a command that it declares, or, without `commands:`, as an event that one of its
    /// states hears.
    package func knows(_ name: EventName) -> Bool {
        guard commands.isEmpty else { return commandIndex[name] != nil }
        return states.contains { $0.transitions.contains { $0.trigger == .event(name) } }
    }

    package func state(path: Text) -> Int? { stateNames.index(of: path) }
    func state(path: TextInPlace) -> Int? { stateNames.index(of: path) }
    package func timeout(_ name: TimeoutName) -> Int? { timeoutIndex[name] }

    /// A command that the workflow accepts from outside.
    package struct CommandDefinition: Sendable {
        package let name: EventName
        package let data: RecordType
        /// Who may send it; empty: anybody.
        package let roles: [Text]
        /// The data slot of the natural key that is remembered as long as the order lives.
        package let key: Int?

        package init(name: EventName, data: RecordType, roles: [Text], key: Int?) {
            self.name = name
            self.data = data
            self.roles = roles
            self.key = key
        }
    }

    /// A kind of child orders.
    package struct ChildDefinition: Sendable {
        package let workflow: WorkflowName
        /// How many an order may have.
        package let countMax: Int

        package init(workflow: WorkflowName, countMax: Int) {
            self.workflow = workflow
            self.countMax = countMax
        }
    }

    /// A command that the workflow sends to another, with the data that it brings and its place in the file.
    package struct Relation: Sendable {
        /// The child's workflow; nil: whichever has spawned the order.
        package let child: WorkflowName?
        /// Nil: the child's first command, which places it.
        package let command: EventName?
        /// Nil: the workflow only says that it may have such children.
        package let data: RecordType?
        package let line: Int
        package let column: Int
        package let path: String

        package init(
            child: WorkflowName?, command: EventName?, data: RecordType?, line: Int, column: Int, path: String
        ) {
            self.child = child
            self.command = command
            self.data = data
            self.line = line
            self.column = column
            self.path = path
        }
    }

    package struct Derived: Sendable {
        package let name: Text
        package let expression: Expression

        package init(name: Text, expression: Expression) {
            self.name = name
            self.expression = expression
        }
    }

    package struct Invariant: Sendable {
        /// The expression as written: the text of the refusal.
        package let text: Text
        package let expression: Expression
        /// What people read when it would be broken.
        package let because: Text?

        package init(text: Text, expression: Expression, because: Text? = nil) {
            self.text = text
            self.expression = expression
            self.because = because
        }
    }

    /// A timeout that is armed when its state is entered and cancelled when the state is left.
    package struct TimeoutDefinition: Sendable {
        package let name: TimeoutName
        package let state: Int
        package let due: Due
        /// The length or time as written, for drawings.
        package let dueText: Text?
        /// Where it is declared: what is due at the same moment fires in this order.
        package let place: SourcePlace

        package enum Due: Sendable {
            /// So many milliseconds after the state was entered.
            case within(Expression)
            /// At this time.
            case at(Expression)
        }

        package init(name: TimeoutName, state: Int, due: Due, dueText: Text? = nil, place: SourcePlace) {
            self.name = name
            self.state = state
            self.due = due
            self.dueText = dueText
            self.place = place
        }
    }
}

/// A node of the statechart.
package struct State: Sendable {
    package let name: Text
    /// Names from below the root joined by dots; the root's is empty.
    package let path: Text
    package let parent: Int?
    package let kind: Kind
    package let children: [Int]
    /// The last descendant in document order; a state without children is its own.
    package let last: Int
    package let entry: [Action]
    package let exit: [Action]
    package let transitions: [Transition]
    /// Indices into `Workflow.timeouts`.
    package let timeouts: [Int]

    package enum Kind: Hashable, Sendable {
        case atomic
        case compound(initial: Int)
        case parallel
        case final
    }

    package init(
        name: Text, path: Text, parent: Int?, kind: Kind, children: [Int], last: Int, entry: [Action], exit: [Action],
        transitions: [Transition], timeouts: [Int]
    ) {
        self.name = name
        self.path = path
        self.parent = parent
        self.kind = kind
        self.children = children
        self.last = last
        self.entry = entry
        self.exit = exit
        self.transitions = transitions
        self.timeouts = timeouts
    }
}

/// A way from a state, taken when its trigger happens and its guard is true.
package struct Transition: Sendable {
    package let trigger: Trigger
    package let guarding: Expression?
    /// The guard as written, for refusals and drawings.
    package let guardText: Text?
    /// What people read when the guard is not true.
    package let because: Text?
    /// Nil: actions only; no state is left or entered.
    package let target: Int?
    /// SCXML's type "internal": a target inside the source does not leave the source.
    package let isInternal: Bool
    package let actions: [Action]

    package enum Trigger: Hashable, Sendable {
        /// A command or an event raised inside.
        case event(EventName)
        /// `always`: as soon as the guard is true.
        case always
        /// The state that holds the transition has reached its final states.
        case done
        /// Index into `Workflow.timeouts`.
        case timeout(Int)
    }

    package init(
        trigger: Trigger, guarding: Expression?, guardText: Text? = nil, because: Text? = nil, target: Int?,
        isInternal: Bool, actions: [Action]
    ) {
        self.trigger = trigger
        self.guarding = guarding
        self.guardText = guardText
        self.because = because
        self.target = target
        self.isInternal = isInternal
        self.actions = actions
    }
}

extension Workflow {
    /// Every topic that the workflow sends to, sorted: created when it is opened.
    package var topics: [TopicName] {
        var names = Set(calls.map(\.topic))
        for state in states {
            collect(state.entry, into: &names)
            collect(state.exit, into: &names)
            for transition in state.transitions { collect(transition.actions, into: &names) }
        }
        return names.sorted()
    }

    private func collect(_ actions: [Action], into names: inout Set<TopicName>) {
        for action in actions {
            switch action.verb {
            case .send(let send): names.insert(send.topic)
            case .forEach(_, _, let body): collect(body, into: &names)
            case .assign, .put, .raise, .stock, .extend, .reschedule, .stop, .spawn, .tell, .call, .stopCall: break
            }
        }
    }
}
