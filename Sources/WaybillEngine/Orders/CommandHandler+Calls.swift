import WaybillBroker
package import WaybillCore
import WaybillStore
import WaybillTimeouts

/// Calls: a step that leaves the process is written down with its order's event, and so is its end.
extension CommandHandler {
    /// Keeps the calls that an event made, each with its deadline and the half message that waits for its answer.
    func keep(
        _ calls: [OpenCall], of order: Order, halves: [PendingMessageNumber], event: Position, in write: inout Write
    ) throws {
        for (call, half) in zip(calls, halves) {
            var row = CallRow(
                stream: order.number, name: call.name ?? Text("\(call.number)"),
                effectKey: order.effectKey(of: call.number), deadline: call.deadline, pendingMessage: half)
            row.number = try write.transaction.insert(row)
            try write.transaction.insert(row.timeoutKey, cause: event)
            write.arm(call.deadline)
        }
    }

    /// Ends calls: the half message becomes visible when the answer is ok, else it is dropped.
    func end(_ calls: [OpenCall.Settled], of order: Order, in write: borrowing Write) throws {
        // What came late ends nothing: the row says how the call had ended.
        for call in calls where call.result != .late {
            let key = order.effectKey(of: call.number)
            guard let row = try write.transaction.call(effectKey: key), let state = CallRow.State(call.result),
                try write.transaction.settleCall(row.number, as: state)
            else { throw EngineFailure.damaged("the call \(key) is open, and its row is not") }
            // One that expired has lost its row already.
            try write.transaction.delete(row.timeoutKey)
            guard let half = try row.pendingMessage.flatMap({ try write.transaction.pendingMessage($0) }) else {
                continue
            }
            try broker.decide(half, commits: call.result == .ok, in: write)
        }
    }

    /// Keeps calls open whose deadline has passed: their half messages stay undecided, and no timeout wakes them again.
    func leaveUnanswered(_ calls: [Int64], of order: Order, in write: borrowing Write) throws {
        for call in calls {
            let key = order.effectKey(of: call)
            guard let row = try write.transaction.call(effectKey: key),
                try write.transaction.leaveCallUnanswered(row.number, at: write.now)
            else { throw EngineFailure.damaged("the call \(key) is open, and its row is not") }
        }
    }

    /// How many events of an order are looked at for the end of a call, and how many in one go.
    private static var lookBackForEnds: (events: Int64, page: Int64) { (1_000, 100) }

    /// How and when the call ended that an answer is for; nil: the key is that of none that this order has ended.
    func whyNotOpen(
        _ name: EventName, key: Text, of entry: OrderLedger.Entry, in write: borrowing Write
    ) throws -> Refusal? {
        guard let row = try write.transaction.call(effectKey: key), row.stream == entry.order.number,
            let how = row.state.asEnd
        else { return nil }
        let (order, workflow) = (entry.order, entry.workflow.workflow)
        let oldest = max(1, order.version - Self.lookBackForEnds.events + 1)
        var last = order.version
        while last >= oldest {
            let first = max(oldest, last - Self.lookBackForEnds.page + 1)
            let events = try write.transaction.events(
                of: order.number, fromVersion: first, limit: Int(last - first + 1))
            for event in events.reversed() {
                let settled = try event.orderBody(under: workflow).outcome.settled
                if settled.contains(where: { $0.result != .late && order.effectKey(of: $0.number) == key }) {
                    return .callEnded(name, key: key.string, how: how, at: event.at)
                }
            }
            last = first - 1
        }
        return .callEnded(name, key: key.string, how: how, at: nil)
    }
}

extension Engine {
    /// Who prepared the half message of a call: the engine itself. No client can have this name.
    package static var callProducer: Text { "$call" }
}

extension PendingMessageRow {
    /// Why the half message of a call is decided by nothing but its answer: which command that is.
    var refusalToDecideCall: MessageRefusal {
        guard let body = message.body, let address = CallAddress(body: body) else {
            return .unknownMessage("whose call can be read; verify the file")
        }
        return .decidedByAnswer(
            order: address.order, key: address.key.string, ok: address.ok, failed: address.failed)
    }
}

extension CallRow.State {
    init?(_ result: OpenCall.Result) { self.init(rawValue: result.rawValue) }

    /// The same for a worker whose answer came after it.
    fileprivate var asEnd: Refusal.CallEnd? {
        switch self {
        case .open: nil
        case .ok: .done
        case .failed: .failed
        case .expired: .expired
        case .cancelled: .withdrawn
        }
    }
}
