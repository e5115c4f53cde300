package import WaybillCore
package import WaybillTimeouts

/// A change of an order's pending timeout from outside its workflow.
package struct TimeoutCommand: Sendable {
    package var order: OrderID
    package var name: TimeoutName
    package var action: Action
    package var caller: Text
    /// Names the request for idempotency, within `caller`.
    package var key: Text?
    /// Refused unless the order has this version; nil: whatever version it has.
    package var expectedVersion: Int64?
    /// Why; empty: not said.
    package var reason: Text = ""
    /// Whether an operator does it by hand: then the audit tells of it beside the order's own event, as it does of a
    /// reason.
    package var isByHand = false
    /// Of who asked for it.
    package var trace: Text?
    /// How the request came, and its name in logs; empty: it came by no server.
    package var (from, requestID): (Text, Text) = ("", "")

    package enum Action: Sendable {
        case cancel
        case extend(by: Interval)
        case move(to: Moment)
    }

    package init(_ action: Action, _ name: TimeoutName, of order: OrderID, caller: Text = "", key: Text? = nil) {
        self.key = key
        self.order = order
        self.name = name
        self.action = action
        self.caller = caller
    }

    /// The same as a command: what idempotency and refusals know of it.
    var asCommand: Command {
        var writer = JSONWriter()
        writer.beginArray()
        writer.text(name.text)
        switch action {
        case .cancel: break
        case .extend(let interval): writer.int(interval.milliseconds)
        case .move(let moment): writer.int(moment.milliseconds)
        }
        writer.endArray()
        return Command(
            order: order, name: eventType, data: writer.bytes, key: key, caller: caller,
            expectedVersion: expectedVersion)
    }

    private var eventType: EventName {
        switch action {
        case .cancel: "$cancel"
        case .extend, .move: "$reschedule"
        }
    }

    /// The new due time of a timeout that is due at `due`; nil: cancelled.
    func newDue(from due: Moment, at now: Moment) -> Moment? {
        switch action {
        case .cancel: nil
        case .extend(let interval): max(now, due.advanced(by: interval))
        case .move(let moment): max(now, moment)
        }
    }
}

extension TimeoutCommand: EngineVerb {
    package func perform(by writer: Writer, in write: inout Write) throws -> Answer? {
        try writer.handler.handle(self, in: &write)
    }

    package func refused(_ refusal: Refusal) -> Answer { .refused(refusal) }
    package func refusals(in reply: Answer) -> [RefusedReply] { reply.refusals }
    package var subject: RequestSubject? { RequestSubject(order: order, caller: caller, key: key) }
    package func account(in engine: Engine) -> Account { Account(caller: caller, order: order) }
}
