public import WaybillCore
package import WaybillEngine

/// An event of an order in names and paths: what was asked, and what came of it.
///
/// The file keeps events in a short form, which may change between releases; this form stays.
public struct EventDetail: Hashable, Sendable {
    public var order: OrderID
    /// Where it stands in the journal.
    public var position: Position
    /// 1, 2, 3 ... within the order.
    public var version: Int64
    /// The command's name, or `$timeout`, `$reschedule`, `$cancel`, `$expired` and the like.
    public var type: EventName
    public var at: Moment
    public var caller: Text
    /// The role that sent it.
    public var role: Text?
    public var key: Text?
    /// The event that led to this one.
    public var cause: Position?
    public var trace: Text?
    /// The timeout that fired, or was moved or cancelled from outside.
    public var timeout: TimeoutName?
    /// The call whose answer did not come in time.
    public var expired: CallKey?

    /// The command's data as one JSON object, times and lengths of time as people write them; nil: none.
    public var asked: [UInt8]?
    /// What was found out about the stock.
    public var facts: [Fact]
    /// The new status, when it changed.
    public var status: Text?
    /// Paths of the outermost states that were left, and of the innermost that were entered.
    public var left: [Text]
    public var entered: [Text]
    /// What was set in the order's data.
    public var set: [Change]
    public var armed: [Armed]
    /// Timeouts that will not fire, other than the one that this event is about.
    public var cancelled: [TimeoutName]
    public var stock: [StockMovement]
    /// Calls that were made.
    public var calls: [Call]
    /// Calls that ended, and how.
    public var answered: [Answered]
    /// Calls whose deadline passed and that stay open.
    public var unanswered: [CallKey]
    /// What was told to relatives.
    public var tells: [Tell]
    /// What was sent.
    public var messages: [Message]

    /// A call by its number within the order, and by the key with which its answer comes.
    public struct CallKey: Hashable, Sendable {
        public var number: Int64
        public var key: Text
    }

    /// An answer from outside the order.
    public enum Fact: Hashable, Sendable {
        /// All that was asked for is there; with the number of quotas opened for it.
        case available(quotasOpened: Int)
        /// A line of what was asked for (1 is the first) is short: so much is free.
        case short(line: Int, free: Int64)
    }

    /// One change of the order's data.
    public struct Change: Hashable, Sendable {
        /// The field, or the collection.
        public var field: Text
        /// Of a collection: the key of the element.
        public var element: Text?
        /// Of an element: the field of it; nil: the whole element.
        public var member: Text?
        /// The new value as JSON, times and lengths of time as people write them.
        public var value: [UInt8]

        /// `total`, `lines[1]`, `lines[1].qty`.
        public var path: Text {
            var path = field.string
            if let element { path += "[\(element)]" }
            if let member { path += ".\(member)" }
            return Text(path)
        }
    }

    /// A timeout that was armed.
    public struct Armed: Hashable, Sendable {
        public var name: TimeoutName
        public var due: Moment
        /// Where it is not the order's.
        public var lane: Text?
    }

    /// Stock that moved.
    public struct StockMovement: Hashable, Sendable {
        /// `reserve`, `confirm`, `release`, `give_back`, `ship`, `restock` or `scrap`.
        public var verb: Text
        public var stock: StockKey
        public var quantity: Int64
    }

    /// A call that was made.
    public struct Call: Hashable, Sendable {
        public var call: CallKey
        public var topic: TopicName
        /// By when an answer is asked for.
        public var deadline: Moment
        /// What is asked, as one JSON object.
        public var data: [UInt8]
    }

    /// A call that ended.
    public struct Answered: Hashable, Sendable {
        public var call: CallKey
        /// `ok`, `failed`, `expired`, `cancelled` or `late`.
        public var result: Text
    }

    /// A command to a relative.
    public enum Tell: Hashable, Sendable {
        case parent(EventName)
        case child(OrderID, EventName)
        /// A new child order.
        case spawned(OrderID, WorkflowName)
    }

    /// A message that was sent.
    public struct Message: Hashable, Sendable {
        public var id: MessageID
        public var topic: TopicName
        public var tag: Text?
        /// Whether it is hidden until its call is answered.
        public var isHalf: Bool
    }
}

extension EventDetail {
    /// Reads an event by the workflow of its order.
    ///
    /// - Throws: where the event is damaged.
    package init(_ recorded: RecordedEvent, of order: OrderID, under workflow: Workflow) throws(JSONProblem) {
        let event = recorded.view
        let body = try EventBody(event.body, under: workflow)
        let outcome = body.outcome
        func call(_ number: Int64) -> CallKey { CallKey(number: number, key: Text("\(order)#\(number)")) }
        func child(_ id: Text) -> OrderID { OrderID("\(order)/\(id)") }

        self.order = order
        (position, version, type, at) = (event.position, event.version, event.type, event.at)
        (caller, role, key) = (event.caller, body.role, event.key)
        (cause, trace) = (event.cause, event.trace)
        timeout = body.timeout
        expired = body.call.map(call)
        let isAsked = !body.data.isEmpty && body.data != Array("{}".utf8)
        asked = isAsked ? workflow.command(event.type)?.data.readable(body.data) ?? body.data : nil
        facts = outcome.facts.map { fact in
            switch fact {
            case .done(let opened): .available(quotasOpened: opened.count)
            case .short(let line, let free): .short(line: line + 1, free: free)
            }
        }
        status = outcome.status
        left = workflow.outermost(outcome.left).map { workflow.states[$0].path }
        entered = workflow.innermost(outcome.entered).map { workflow.states[$0].path }
        set = outcome.changes.compactMap { Change($0, in: workflow.context) }
        armed = outcome.armed.map { Armed(name: $0.name, due: $0.due, lane: $0.lane) }
        // That the one which fired is not pending any more goes without saying.
        cancelled = outcome.stopped.filter { $0 != body.timeout }
        stock = outcome.movements.map { StockMovement(verb: $0.kind.name, stock: $0.key, quantity: $0.quantity) }
        calls = outcome.called.map { one in
            Call(
                call: call(one.number), topic: workflow.calls[one.definition].topic, deadline: one.deadline,
                data: one.data)
        }
        answered = outcome.settled.map { Answered(call: call($0.number), result: Text($0.result.rawValue)) }
        unanswered = outcome.unanswered.map(call)
        tells = body.relatives.map { relative in
            switch relative.receiver {
            case .parent: .parent(relative.name)
            case .child(let id): .child(child(id), relative.name)
            case .newChild(let new): .spawned(child(new.id), new.workflow)
            }
        }
        let called = Set(calls.map(\.topic))
        messages = body.messages.enumerated().map { index, message in
            Message(
                id: recorded.messageID(index), topic: message.topic, tag: message.tag,
                // The half message that waits for the answer.
                isHalf: message.tag == "done" && called.contains(message.topic))
        }
    }
}

extension EventDetail.Change {
    fileprivate init?(_ change: Outcome.Change, in context: RecordType) {
        var writer = JSONWriter()
        switch change {
        case .field(let slot, let value):
            writer.readable(value, as: context.fields[slot].type)
            self.init(field: context.fields[slot].name, value: writer.bytes)
        case .element(let collection, let values):
            guard case .list(let element, _, _) = context.fields[collection].type else { return nil }
            writer.readable(values, as: element)
            self.init(
                field: context.fields[collection].name, element: values.first?.plainText ?? "", value: writer.bytes)
        case .member(let collection, let key, let field, let value):
            guard case .list(let element, _, _) = context.fields[collection].type else { return nil }
            writer.readable(value, as: element.fields[field].type)
            self.init(
                field: context.fields[collection].name, element: key, member: element.fields[field].name,
                value: writer.bytes)
        }
    }
}
