/// Child orders: what an order knows of those that it has spawned, and what orders of one family tell each other.
extension Order {
    /// A child order, by the workflow it was spawned under and its name within its parent.
    package struct Child: Hashable, Sendable {
        package var workflow: WorkflowName
        package var id: Text

        package init(workflow: WorkflowName, id: Text) {
            self.workflow = workflow
            self.id = id
        }
    }

    /// The whole id of a child with this name: `parent/child`.
    package func childID(_ name: Text) -> OrderID { OrderID(Text("\(id.text)/\(name)")) }
}

/// A command from an order to its parent or to a child, made in the same write as the event that says so.
package struct RelativeCommand: Hashable, Sendable {
    package var receiver: Receiver
    /// Empty for a new child: the first command of its workflow places it.
    package var name: EventName
    /// One JSON object.
    package var data: [UInt8]

    package enum Receiver: Hashable, Sendable {
        case parent
        case child(Text)
        case newChild(Order.Child)
    }

    package init(to receiver: Receiver, name: EventName, data: [UInt8]) {
        self.receiver = receiver
        self.name = name
        self.data = data
    }

    /// The role that the receiver's workflow knows the sender by.
    package var role: Text {
        switch receiver {
        case .parent: "child"
        case .child, .newChild: "parent"
        }
    }

    /// What the event keeps of it.
    package var trace: Trace {
        var digest = Digest()
        digest.add(data)
        return Trace(receiver: receiver, name: name, digest: digest.value)
    }

    /// What an event says of such a command; its data stands in the receiver's event.
    package struct Trace: Hashable, Sendable {
        package let receiver: Receiver
        package let name: EventName
        package let digest: Int64

        package init(receiver: Receiver, name: EventName, digest: Int64) {
            self.receiver = receiver
            self.name = name
            self.digest = digest
        }
    }
}

extension JSONWriter {
    /// `["spawn",workflow,id,digest]`, `["child",id,command,digest]` or `["parent",command,digest]`.
    mutating func relative(_ trace: RelativeCommand.Trace) {
        beginArray()
        switch trace.receiver {
        case .newChild(let child):
            word("spawn")
            text(child.workflow.text)
            text(child.id)
        case .child(let id):
            word("child")
            text(id)
            text(trace.name.text)
        case .parent:
            word("parent")
            text(trace.name.text)
        }
        int(trace.digest)
        endArray()
    }
}

extension JSONReader {
    mutating func relative() throws(JSONProblem) -> RelativeCommand.Trace {
        try beginArray()
        let word = try text()
        try comma()
        let first = try text()
        try comma()
        var name: EventName = ""
        let receiver: RelativeCommand.Receiver
        switch word.string {
        case "spawn":
            receiver = .newChild(Order.Child(workflow: WorkflowName(first), id: try text()))
            try comma()
        case "child":
            receiver = .child(first)
            name = EventName(try text())
            try comma()
        case "parent":
            receiver = .parent
            name = EventName(first)
        default: throw problem("expected spawn, child or parent")
        }
        let digest = try int()
        try endArray()
        return RelativeCommand.Trace(receiver: receiver, name: name, digest: digest)
    }

    mutating func child() throws(JSONProblem) -> Order.Child {
        try beginArray()
        let workflow = WorkflowName(try text())
        try comma()
        let id = try text()
        try endArray()
        return Order.Child(workflow: workflow, id: id)
    }
}
