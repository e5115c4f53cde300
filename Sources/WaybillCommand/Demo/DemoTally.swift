import Waybill
import WaybillCore
import WaybillEngine

/// What has happened in the shop of the demo, counted from the journal.
struct DemoTally {
    /// Money that an order has told the payment provider to give back.
    struct Refund {
        let order: OrderID
        let payment: Text
        let cents: Int64
    }

    /// What the tally knows of one order.
    private struct Known {
        let id: OrderID
        var status: Text = ""
        var events = 0
        var types: Set<EventName> = []
        var timeouts: Set<TimeoutName> = []
        /// What is on its way back, by payment.
        var refunding: [Text: Int64] = [:]
    }

    private let workflow: Workflow
    private var position = Position(0)
    private var orders: [StreamNumber: Known] = [:]
    private var types: [EventName: Int] = [:]
    private(set) var events = 0
    private(set) var messages = 0
    private(set) var pendingTimeouts = 0
    /// How often a status is the present one.
    private(set) var statuses: [Text: Int] = [:]
    private(set) var refusals: [String: Int] = [:]
    private(set) var repeats = 0

    init(_ workflow: Workflow) { self.workflow = workflow }

    var orderCount: Int { orders.count }
    var refused: Int { refusals.values.reduce(0, +) }

    /// How many events there were of a command, or of `$timeout`.
    func count(_ type: EventName) -> Int { types[type] ?? 0 }

    /// The order, of some, with the most to tell.
    func mostEventful(of ids: Set<OrderID>) -> OrderID? {
        let candidates = orders.values.filter { ids.contains($0.id) }
        return candidates.max { ($0.types.count, $0.events, $1.id) < ($1.types.count, $1.events, $0.id) }?.id
    }

    mutating func add(_ answers: [Answer]) {
        for answer in answers {
            switch answer {
            case .accepted(let receipt): repeats += receipt.isRepeat ? 1 : 0
            case .refused(let refusal): refusals[refusal.code, default: 0] += 1
            }
        }
    }

    /// Reads on in the journal, and answers what is to be given back since the last look.
    mutating func readOn(in book: OrderBook) throws -> [Refund] {
        var refunds: [Refund] = []
        while true {
            let page = try book.engine.journal(after: position)
            for (stream, event) in page { refunds += try take(event, of: stream) }
            guard let last = page.last else { return refunds }
            position = last.event.position
        }
    }

    private mutating func take(_ event: EventView, of stream: StreamNumber) throws -> [Refund] {
        events += 1
        types[event.type, default: 0] += 1
        do throws(JSONProblem) {
            if event.version == 1, let origin = try EventBody.origin(of: event.body) {
                orders[stream] = Known(id: origin.order)
            }
            // The streams of stocks are counted, and no more.
            guard orders[stream] != nil else { return [] }
            return take(try EventBody(event.body, under: workflow), type: event.type, of: stream)
        } catch {
            throw CommandFailure("event \(event.position.number) is damaged: \(error.message)")
        }
    }

    private mutating func take(_ body: EventBody, type: EventName, of stream: StreamNumber) -> [Refund] {
        guard var order = orders[stream] else { return [] }
        order.events += 1
        order.types.insert(type)
        messages += body.messages.count
        if let status = body.outcome.status {
            statuses[order.status, default: 0] -= 1
            statuses[status, default: 0] += 1
            order.status = status
        }
        pendingTimeouts -= order.timeouts.count
        order.timeouts.subtract(body.outcome.stopped)
        order.timeouts.formUnion(body.outcome.armed.map(\.name))
        pendingTimeouts += order.timeouts.count
        let refunds = body.outcome.changes.compactMap { refund($0, of: &order) }
        orders[stream] = order
        return refunds
    }

    /// More is on its way back than before: the difference is the provider's to pay.
    private func refund(_ change: Outcome.Change, of order: inout Known) -> Refund? {
        guard case .member(let collection, let payment, let slot, .int(let cents)) = change,
            workflow.context.fields[collection].name == "payments",
            case .list(let element, _, _) = workflow.context.fields[collection].type,
            element.fields[slot].name == "refunding"
        else { return nil }
        let before = order.refunding[payment] ?? 0
        order.refunding[payment] = cents
        return cents > before ? Refund(order: order.id, payment: payment, cents: cents - before) : nil
    }
}
