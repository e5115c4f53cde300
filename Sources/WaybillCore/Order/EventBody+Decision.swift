/// What an event says of a decision. The handler writes it, a replay writes it again and compares.
extension EventBody {
    /// What a command asked: its role, and its data in the one form that events keep.
    package init(of command: Command, decided decision: Decision, under workflow: Workflow) {
        self.init()
        role = command.role
        guard let definition = workflow.command(command.name), !decision.data.isEmpty else { return }
        var writer = JSONWriter()
        writer.named(decision.data, as: definition.data)
        data = writer.bytes
    }

    /// A timeout that fired, was moved or was cancelled.
    package init(of timeout: TimeoutName) {
        self.init()
        self.timeout = timeout
    }

    /// A call that was not answered in time, whether it ended with that or stays open.
    package init(ofExpired call: Int64) {
        self.init()
        self.call = call
    }

    /// Adds what came of it; the first event of an order also says which order it is.
    ///
    /// - Parameter number: the number of the order's workflow in the file.
    package mutating func add(_ decision: Decision, on before: Order, workflow number: Int64) {
        outcome = decision.outcome
        messages = decision.outcome.messages.map { MessageTrace(topic: $0.topic, tag: $0.tag, digest: $0.digest) }
        relatives = decision.outcome.relatives.map(\.trace)
        guard before.version == 0 else { return }
        order = before.id
        parent = before.parent
        workflow = number
    }
}
