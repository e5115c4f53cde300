import Synchronization
package import WaybillCore
import WaybillStore
package import WaybillTimeouts

/// How time passes while a history comes in.
package enum HistoryTime: Sendable {
    /// It moves the whole file: what becomes due on the way happens at its own moment.
    case ofTheFile
    /// It moves the orders that the history speaks of, and their children. Everything else in the file waits for the
    /// real clock: other orders' timeouts, delayed messages, redeliveries.
    case ofItsOrders(@Sendable (OrderID) -> Bool)
    /// It fires nothing: the history says what fired, and when.
    case recorded
}

/// A timeout that fired, or a call that nobody had answered in time, as a history recorded it.
package struct RecordedFiring: Hashable, Sendable {
    package var order: OrderID
    package var what: What

    package enum What: Hashable, Sendable {
        case timeout(TimeoutName)
        /// The number of the call within its order.
        case call(Int64)

        /// How a refusal names it.
        fileprivate var name: TimeoutName {
            switch self {
            case .timeout(let name): name
            case .call(let number): TimeoutName("call \(number)")
            }
        }
    }

    package init(_ what: What, of order: OrderID) {
        self.what = what
        self.order = order
    }
}

extension RecordedFiring: EngineVerb {
    package func perform(by writer: Writer, in write: inout Write) throws -> Answer? {
        try writer.handler.handle(self, in: &write)
    }

    package func refused(_ refusal: Refusal) -> Answer { .refused(refusal) }
    package func refusals(in reply: Answer) -> [RefusedReply] { reply.refusals }
    package var subject: RequestSubject? { RequestSubject(order: order) }
    package func account(in engine: Engine) -> Account { Account(order: order) }
}

/// Histories: requests that carry their own time.
extension Engine {
    /// Handles what a history says, each step at its own moment, many in a write; each request then has its reply.
    package func perform(_ steps: [(request: any Request, at: Moment)], as time: HistoryTime) {
        precondition(world.virtualClock != nil, "requests with times of their own belong to a virtual world")
        writer.withLock { writer in
            var rest = steps.map { Writer.Timed(request: $0.request, at: $0.at) }
            while !rest.isEmpty {
                let handled = writer.write(rest, firing: time.firing(upTo: nil))
                // Nothing keeps its place here: none of what is overdue may fire before its own moment.
                rest.removeFirst(handled.count)
                writer.checkpoints.wrote(max(1, handled.count))
            }
            if case .recorded = time, let last = steps.last { world.virtualClock?.move(to: last.at) }
        }
    }

    /// Lets a history's time pass up to a moment.
    package func pass(to moment: Moment, as time: HistoryTime) {
        switch time {
        case .ofTheFile: advance(to: moment)
        case .recorded: world.virtualClock?.move(to: moment)
        case .ofItsOrders:
            writer.withLock { writer in
                repeat {
                    _ = writer.write([], firing: time.firing(upTo: moment))
                    writer.checkpoints.wrote()
                } while writer.stopped == nil && !writer.hasFiredAll
            }
        }
    }
}

extension HistoryTime {
    fileprivate func firing(upTo end: Moment?) -> Writer.FiringScope {
        switch self {
        case .ofTheFile: .asTimePasses(to: end)
        case .ofItsOrders(let owns): .asHistoryPasses(to: end, owns)
        case .recorded: .round(upTo: nil)
        }
    }
}

extension CommandHandler {
    /// Fires what a history says to have fired, whatever its due time.
    func handle(_ recorded: RecordedFiring, in write: inout Write) throws -> Answer {
        guard let entry = try load(recorded.order, in: write) else {
            return .refused(.unknownOrder(recorded.order))
        }
        guard let (trigger, key) = try trigger(recorded.what, of: entry.order, in: write),
            let waiting = try write.transaction.waiting(key)
        else { return .refused(.unknownTimeout(recorded.what.name, of: recorded.order)) }
        switch try decide(trigger, on: entry, in: write) {
        case .failure(let refusal): return .refused(refusal)
        case .success(.repeated(let version)):
            return .accepted(try repeated(version, of: entry.order, in: write))
        case .success(.accepted(let cascade)):
            try write.transaction.delete(key)
            cascade.first.header.cause = waiting.cause
            return .accepted(try record(cascade, in: &write))
        }
    }

    private func trigger(
        _ what: RecordedFiring.What, of order: Order, in write: borrowing Write
    ) throws -> (Trigger, TimeoutKey)? {
        switch what {
        case .timeout(let name):
            return order.timeouts.first { $0.name == name }.map { (.timeout(name), order.key(of: $0)) }
        case .call(let number):
            guard order.calls.contains(where: { $0.number == number }) else { return nil }
            let row = try write.transaction.call(effectKey: order.effectKey(of: number))
            return row.map { (.expiry(number), $0.timeoutKey) }
        }
    }
}

extension RecordedFiring.What: CustomStringConvertible {
    package var description: String {
        switch self {
        case .timeout(let name): "the timeout \(name)"
        case .call(let number): "call \(number)"
        }
    }
}
