/// An order as it is shown: now, or as it was at an event or a time.
public struct OrderView: Hashable, Sendable {
    public var id: OrderID
    public var workflow: WorkflowName
    /// The content hash of the workflow's text that the order is pinned to.
    public var workflowHash: WorkflowHash
    /// The `version:` of that text.
    public var workflowVersion: Int64
    /// How many events the order has.
    public var version: Int64
    public var status: Text
    /// Paths of the active leaf states, in document order.
    public var states: [Text]
    /// The order's data as one JSON object.
    public var context: [UInt8]
    public var holdings: [Held]
    public var timeouts: [Pending]
    /// The order that spawned it; nil: somebody else placed it.
    public var parent: OrderID?
    /// The orders that it has spawned, the first one first.
    public var children: [OrderID]
    /// Steps that left the process and are not answered yet, the oldest first.
    public var openCalls: [Call]
    public var placedAt: Moment
    public var lane: Text
    /// Whether nothing can happen to it any more.
    public var isFinished: Bool
    /// The commands that an active state reacts to, with the guards as written; a guard may still be false.
    public var possible: [Possible]

    /// What the order holds of one stock.
    public struct Held: Hashable, Sendable {
        public var stock: StockKey
        public var reserved: Int64
        public var sold: Int64
        public var shipped: Int64
    }

    public struct Pending: Hashable, Sendable {
        public var name: TimeoutName
        public var due: Moment
    }

    /// A step that left the process: what somebody outside is asked to do.
    public struct Call: Hashable, Sendable {
        /// The effect key: the answer comes with it, and whoever does the work does it once for each key.
        public var key: Text
        public var topic: TopicName
        /// The commands that answer it.
        public var ok: EventName
        public var failed: EventName
        /// By when an answer was asked for.
        public var deadline: Moment
        /// Whether the deadline has passed and it stays open: whether it was done is not known.
        public var isUnanswered: Bool
        /// `open` or `unanswered`.
        public var state: Text { isUnanswered ? "unanswered" : "open" }
        /// What is asked, as one JSON object.
        public var data: [UInt8]
    }

    public struct Possible: Hashable, Sendable {
        public var command: EventName
        public var guards: [Text]
    }

    package init(_ order: Order, under workflow: Workflow) {
        id = order.id
        self.workflow = workflow.name
        workflowHash = workflow.hash
        workflowVersion = workflow.version
        version = order.version
        status = order.status
        states = workflow.leaves(of: order.configuration).map { workflow.states[$0].path }
        var writer = JSONWriter()
        writer.named(order.context, as: workflow.context)
        context = writer.bytes
        holdings = order.holdings.map {
            Held(stock: $0.key, reserved: $0.reserved, sold: $0.sold, shipped: $0.shipped)
        }
        timeouts = order.timeouts.map { Pending(name: $0.name, due: $0.due) }
        parent = order.parent
        children = order.children.map { order.childID($0.id) }
        openCalls = order.calls.map { call in
            let definition = workflow.calls[call.definition]
            return Call(
                key: order.effectKey(of: call.number), topic: definition.topic, ok: definition.ok,
                failed: definition.failed, deadline: call.deadline, isUnanswered: call.isUnanswered, data: call.data)
        }
        placedAt = order.placedAt
        lane = order.lane
        isFinished = workflow.isFinished(order.configuration)
        possible = isFinished ? [] : workflow.possible(in: order.configuration)
    }
}

/// An event as it is shown.
public struct EventView: Hashable, Sendable {
    /// Opaque outside: ask with it, do not compute with it.
    public var position: Position
    /// 1, 2, 3 ... within the order or stock.
    public var version: Int64
    /// The command's name, or `$timeout`, `$reschedule`, `$cancel`, `$receive`, `$adjust`, `$count`, `$move`,
    /// `$open`, `$limit`.
    public var type: EventName
    public var at: Moment
    public var caller: Text
    public var key: Text?
    /// The event that led to this one: of a timeout that fired or a call that expired, the one that gave it its due
    /// time; of what a relative told the order, that relative's.
    public var cause: Position?
    public var trace: Text?
    /// What was asked and what came of it, as one JSON object.
    public var body: [UInt8]

    package init(
        position: Position, version: Int64, type: EventName, at: Moment, caller: Text, key: Text?, cause: Position?,
        trace: Text?, body: [UInt8]
    ) {
        self.position = position
        self.version = version
        self.type = type
        self.at = at
        self.caller = caller
        self.key = key
        self.cause = cause
        self.trace = trace
        self.body = body
    }
}

/// A call as it is listed, open or answered.
public struct CallView: Hashable, Sendable {
    /// The effect key.
    public var key: Text
    /// `open`, `unanswered`, `ok`, `failed`, `expired` or `cancelled`.
    public var state: Text
    public var deadline: Moment

    package init(key: Text, state: Text, deadline: Moment) {
        self.key = key
        self.state = state
        self.deadline = deadline
    }
}

/// A call that waits for its answer, with its order.
public struct OpenCallView: Hashable, Sendable {
    public var order: OrderID
    /// The effect key: the answer comes with it.
    public var key: Text
    /// By when an answer was asked for.
    public var deadline: Moment
    /// Whether the deadline has passed and it stays open.
    public var isUnanswered: Bool
    /// Where it was asked; nil: not known.
    public var topic: TopicName?
    /// Where a list goes on after it.
    package var number: Int64

    package init(
        order: OrderID, key: Text, deadline: Moment, isUnanswered: Bool, topic: TopicName? = nil, number: Int64
    ) {
        self.topic = topic
        self.order = order
        self.key = key
        self.deadline = deadline
        self.isUnanswered = isUnanswered
        self.number = number
    }
}

/// Why an order did not move, at one time.
public struct RefusalView: Hashable, Sendable {
    public var at: Moment
    public var command: EventName
    public var caller: Text
    public var key: Text?
    /// The refusal's stable word, for example `insufficient_stock`.
    public var code: Text
    public var message: Text
    /// What the message says, by names; none of a refusal that an earlier release has noted.
    public var values: RefusalValues

    package init(
        at: Moment, command: EventName, caller: Text, key: Text?, code: Text, message: Text, values: RefusalValues
    ) {
        self.at = at
        self.command = command
        self.caller = caller
        self.key = key
        self.code = code
        self.message = message
        self.values = values
    }
}

/// Up to which event an order is shown.
public enum AsOf: Hashable, Sendable {
    case now
    /// As it was when this event was committed.
    case event(Position)
    /// As it was at this time, by the events' times.
    case time(Moment)
}

/// Which orders a list shows; what is nil does not count.
public struct OrderFilter: Hashable, Sendable {
    @_disfavoredOverload package var status: Text?
    /// Further ones: an order is found that has any of them, or `status`. Without `status` they do not count.
    package var otherStatuses: [Text] = []
    /// Whether a list begins with the order that was placed first, or last.
    public var sequence = Sequence.oldestFirst
    public var workflow: WorkflowName?
    /// Each must have the value given. Only attributes that the workflow declares can be asked for.
    public var attributes: [Attribute] = []

    /// The order of a list: by when orders were placed.
    public enum Sequence: Hashable, Sendable { case oldestFirst, newestFirst }

    public struct Attribute: Hashable, Sendable {
        @_disfavoredOverload package var name: Text
        @_disfavoredOverload package var value: Text
        public init(_ name: String, _ value: String) { self.init(Text(name), Text(value)) }

        /// The same with texts that come from a file or a request.
        @_disfavoredOverload
        package init(_ name: Text, _ value: Text) {
            self.name = name
            self.value = value
        }
    }

    public init(
        status: String? = nil, workflow: WorkflowName? = nil, attributes: [Attribute] = [],
        sequence: Sequence = .oldestFirst
    ) {
        self.init(
            status: status.map { Text($0) }, workflow: workflow, attributes: attributes, sequence: sequence)
    }

    /// The same with a text that comes from a file or a request.
    @_disfavoredOverload
    package init(
        status: Text? = nil, workflow: WorkflowName? = nil, attributes: [Attribute] = [],
        sequence: Sequence = .oldestFirst
    ) {
        self.sequence = sequence
        self.status = status
        self.workflow = workflow
        self.attributes = attributes
    }
}

extension OrderFilter {
    /// The status, under a name that the face does not have: that shows texts as `String`, under the same names.
    package var statusText: Text? {
        get { status }
        set { status = newValue }
    }
}

extension OrderFilter.Attribute {
    /// Both, under names that the face does not have.
    package var texts: (name: Text, value: Text) {
        get { (name, value) }
        set { (name, value) = newValue }
    }
}

/// One page of a list. The next page is asked for with `next`; nil: this was the last.
public struct Page<Element: Sendable>: Sendable {
    public var elements: [Element]
    public var next: PageToken?

    package init(elements: [Element], next: PageToken?) {
        self.elements = elements
        self.next = next
    }
}

extension Workflow {
    /// The declared commands (or any event names, without declarations) that an active state has a transition for.
    func possible(in configuration: StateSet) -> [OrderView.Possible] {
        var result: [OrderView.Possible] = []
        for state in configuration.states {
            for transition in states[state].transitions {
                guard case .event(let name) = transition.trigger, commands.isEmpty || command(name) != nil else {
                    continue
                }
                let texts = transition.guardText.map { [$0] } ?? []
                if let index = result.firstIndex(where: { $0.command == name }) {
                    result[index].guards += texts
                } else {
                    result.append(OrderView.Possible(command: name, guards: texts))
                }
            }
        }
        return result
    }
}
