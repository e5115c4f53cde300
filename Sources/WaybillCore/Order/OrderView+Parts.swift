extension OrderView {
    /// An order of which each part is known already, as of an answer of a server.
    package init(
        id: OrderID, workflow: (name: WorkflowName, hash: WorkflowHash, version: Int64), version: Int64, status: Text,
        states: [Text], context: [UInt8], holdings: [Held], timeouts: [Pending], parent: OrderID?,
        children: [OrderID], openCalls: [Call], placedAt: Moment, lane: Text, isFinished: Bool, possible: [Possible]
    ) {
        self.id = id
        (self.workflow, workflowHash, workflowVersion) = workflow
        self.version = version
        self.status = status
        self.states = states
        self.context = context
        self.holdings = holdings
        self.timeouts = timeouts
        self.parent = parent
        self.children = children
        self.openCalls = openCalls
        self.placedAt = placedAt
        self.lane = lane
        self.isFinished = isFinished
        self.possible = possible
    }
}

extension OrderView.Held {
    package init(_ stock: StockKey, reserved: Int64, sold: Int64, shipped: Int64) {
        self.init(stock: stock, reserved: reserved, sold: sold, shipped: shipped)
    }
}

extension OrderView.Pending {
    package init(_ name: TimeoutName, due: Moment) { self.init(name: name, due: due) }
}

extension OrderView.Possible {
    package init(_ command: EventName, guards: [Text]) { self.init(command: command, guards: guards) }
}

extension OrderView.Call {
    package init(
        _ key: Text, to topic: TopicName, ok: EventName, failed: EventName, deadline: Moment, isUnanswered: Bool,
        data: [UInt8]
    ) {
        self.init(
            key: key, topic: topic, ok: ok, failed: failed, deadline: deadline, isUnanswered: isUnanswered, data: data)
    }
}
