package import WaybillBroker
package import WaybillCore

/// What may be asked of the engine; all of it passes one intake and one writer.
///
/// Indirect, because a request changes hands often on its way and a command is large.
package indirect enum Request: Sendable {
    case order(Command)
    case stock(StockCommand)
    case timeout(TimeoutCommand)
    /// Of a history only.
    case firing(RecordedFiring)
    case broker(BrokerRequest)

    /// Whether somebody outside waits for it, and not a consumer's own housekeeping.
    var isAwaited: Bool {
        switch self {
        case .order, .stock, .timeout, .firing: true
        case .broker(let request): !request.isOfReceiving
        }
    }
}

/// A change of an order's pending timeout from outside its workflow.
package struct TimeoutCommand: Sendable {
    package var order: OrderID
    package var name: TimeoutName
    package var action: Action
    package var caller: Text
    /// Names the request for idempotency, within `caller`.
    package var key: Text?

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
        return Command(order: order, name: eventType, data: writer.bytes, key: key, caller: caller)
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

/// What became of a request; handed back only after its commit.
package enum Reply: Sendable {
    case order(Answer)
    case stock(Result<StockReceipt, Refusal>)
    case broker(BrokerReply)
}

extension Request {
    /// The reply that refuses this request.
    func refused(_ refusal: Refusal) -> Reply {
        switch self {
        case .order, .timeout, .firing: .order(.refused(refusal))
        case .stock: .stock(.failure(refusal))
        case .broker: .broker(.refused(MessageRefusal(refusal)))
        }
    }
}
