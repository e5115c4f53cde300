import WaybillCore

/// A workflow file as it is written: its shape and the form of its names are checked, what they mean is not.
struct Outline {
    var name: Text
    var version: Int64
    /// Nil: the file has no `commands:`.
    var commands: [Command]?
    var context: Record
    var attributes: [DocumentNode]
    var derived: [Entry]
    var invariants: [Invariant]
    var status: DocumentNode?
    var children: [Child]
    var root: State

    /// A name and a value that belongs to it, each with its place.
    struct Entry {
        let key: DocumentNode
        let name: Text
        let value: DocumentNode
    }

    /// A condition of every order.
    struct Invariant {
        let condition: DocumentNode
        /// What people read when it would be broken.
        let because: Text?
    }

    /// Declared fields and where they stand.
    struct Record: Sendable {
        var type: RecordType
        /// By slot.
        var nodes: [DocumentNode]

        static let empty = Record(type: RecordType([]), nodes: [])
    }

    struct Command {
        let node: DocumentNode
        let name: EventName
        let data: Record
        let roles: [Text]
        let key: DocumentNode?
    }

    /// A kind of child orders.
    struct Child {
        let node: DocumentNode
        let workflow: WorkflowName
        let countMax: Int
    }

    /// A state with everything below it.
    struct State {
        let node: DocumentNode
        let name: Text
        let kind: Kind
        let entry: [Action]
        let exit: [Action]
        let transitions: [Transition]
        let timeouts: [Timeout]
        let children: [State]

        enum Kind { case atomic, compound(initial: DocumentNode?), parallel, final }
    }

    struct Transition {
        let node: DocumentNode
        let trigger: Trigger
        let guarding: DocumentNode?
        /// What people read when the guard is not true.
        let because: Text?
        let target: DocumentNode?
        let isInternal: Bool
        let actions: [Action]

        enum Trigger {
            /// The name's node and the name.
            case event(DocumentNode, EventName)
            case always
            case done
            /// Index into the state's timeouts.
            case timeout(Int)
        }
    }

    struct Timeout {
        let node: DocumentNode
        /// A name of its own, or a duration that is both name and length.
        let word: Text
        let due: Due

        enum Due {
            case literal(DocumentNode)
            case within(DocumentNode)
            case at(DocumentNode)
        }
    }

    struct Action {
        let node: DocumentNode
        let when: DocumentNode?
        let verb: Verb
    }

    indirect enum Verb {
        /// The keys are places in the context.
        case assign([Assignment])
        case put(collection: DocumentNode, fields: [Entry])
        case forEach(in: DocumentNode, as: Text, do: [Action])
        case raise(DocumentNode, EventName, data: [Entry])
        case send(Send)
        case stock(Stock)
        case releaseHeld
        case extend(timeout: DocumentNode, by: DocumentNode)
        case reschedule(timeout: DocumentNode, at: DocumentNode)
        case stop(timeout: DocumentNode)
        case spawn(Spawn)
        case tell(Tell)
        case call(Call)
        case stopCall(DocumentNode)
    }

    struct Spawn {
        let child: DocumentNode
        let id: DocumentNode
        let data: [Entry]
    }

    struct Tell {
        /// `parent`, or a kind of children.
        let receiver: DocumentNode
        let id: DocumentNode?
        let command: DocumentNode
        let name: EventName
        let data: [Entry]
    }

    struct Call {
        let topic: TopicName
        let name: DocumentNode?
        let data: [Entry]
        let ok: DocumentNode
        let failed: DocumentNode
        /// The node and the name of an event.
        let expired: (node: DocumentNode, name: EventName)?
        let unanswered: (node: DocumentNode, name: EventName)?
        let late: (node: DocumentNode, name: EventName)?
        let within: DocumentNode
    }

    struct Assignment {
        let target: DocumentNode
        let value: DocumentNode
    }

    struct Send {
        let topic: TopicName
        let tag: Text?
        let key: DocumentNode?
        let messageGroup: DocumentNode?
        let body: [Entry]?
        let delay: DocumentNode?
        let properties: [Entry]
    }

    struct Stock {
        let verb: WaybillCore.Action.StockAction.Verb
        let each: DocumentNode?
        let sku: DocumentNode
        let location: DocumentNode?
        let quantity: DocumentNode
        let quota: DocumentNode?
        let destination: DocumentNode?
        let then: EventName?
        let otherwise: EventName?
        /// What people read when there is too little.
        let because: Text?
    }
}

extension Outline {
    /// Optional context fields that the first command always fills and nothing assigns: they are never empty.
    var filled: Set<Text> {
        guard let creation = commands?.first else { return [] }
        let given = creation.data.type.fields.filter { !$0.isOptional }.map(\.name)
        return Set(given).subtracting(root.assigned)
    }
}

extension Outline.State {
    /// The places that are assigned to here and below, as they are written.
    fileprivate var assigned: [Text] {
        (entry + exit + transitions.flatMap(\.actions)).flatMap(\.assigned) + children.flatMap(\.assigned)
    }
}

extension Outline.Action {
    fileprivate var assigned: [Text] {
        switch verb {
        case .assign(let assignments): return assignments.map { Text($0.target.text ?? "") }
        case .forEach(_, _, let body): return body.flatMap(\.assigned)
        case .put, .raise, .send, .stock, .releaseHeld, .extend, .reschedule, .stop, .spawn, .tell, .call, .stopCall:
            return []
        }
    }
}
