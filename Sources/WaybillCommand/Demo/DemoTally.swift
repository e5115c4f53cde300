import Waybill
import WaybillCore
import WaybillEngine

/// What has happened in the shop of the demo, counted from the journal.
struct DemoTally {
    /// A call: money that an order wants the payment provider to give back.
    struct Refund {
        let order: OrderID
        let key: Text
    }

    /// What the tally knows of one order.
    private struct Known {
        let id: OrderID
        /// The number of its workflow in the file.
        let workflow: Int64
        var status: Text = ""
        var events = 0
        var types: Set<EventName> = []
        var timeouts: Set<TimeoutName> = []

        /// Neither a parcel nor a return.
        var isTop: Bool { !id.text.string.contains("/") }
    }

    /// By number in the file.
    private var workflows: [Int64: Workflow] = [:]
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

    /// Calls that were made, and how those ended that are not open any more.
    private(set) var calls = 0
    private(set) var settled: [OpenCall.Result: Int] = [:]

    /// Parcels and returns are counted by what happens to them.
    var orderCount: Int { count("place") }
    /// Parcels and returns.
    private(set) var childCount = 0
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
            for (stream, event) in page {
                try learnWorkflow(of: event, in: book)
                refunds += try take(event, of: stream)
            }
            guard let last = page.last else { return refunds }
            position = last.event.position
        }
    }

    /// Parcels and returns have separate workflows.
    private mutating func learnWorkflow(of event: EventView, in book: OrderBook) throws {
        guard event.version == 1, let origin = try EventBody.origin(of: event.body), workflows[origin.workflow] == nil
        else { return }
        workflows[origin.workflow] = try book.engine.workflow(of: origin.order)
    }

    private mutating func take(_ event: EventView, of stream: StreamNumber) throws -> [Refund] {
        events += 1
        types[event.type, default: 0] += 1
        do throws(JSONProblem) {
            if event.version == 1, let origin = try EventBody.origin(of: event.body) {
                let known = Known(id: origin.order, workflow: origin.workflow)
                orders[stream] = known
                childCount += known.isTop ? 0 : 1
            }
            // The streams of stocks are counted, and no more.
            guard let order = orders[stream] else { return [] }
            guard let workflow = workflows[order.workflow] else { return [] }
            return take(try EventBody(event.body, under: workflow), type: event.type, of: stream, under: workflow)
        } catch {
            throw CommandFailure("event \(event.position.number) is damaged: \(error.message)")
        }
    }

    private mutating func take(
        _ body: EventBody, type: EventName, of stream: StreamNumber, under workflow: Workflow
    ) -> [Refund] {
        guard var order = orders[stream] else { return [] }
        order.events += 1
        order.types.insert(type)
        messages += body.messages.count
        if let status = body.outcome.status, body.parent == nil, order.isTop {
            statuses[order.status, default: 0] -= 1
            statuses[status, default: 0] += 1
            order.status = status
        }
        pendingTimeouts -= order.timeouts.count
        order.timeouts.subtract(body.outcome.stopped)
        order.timeouts.formUnion(body.outcome.armed.map(\.name))
        pendingTimeouts += order.timeouts.count
        orders[stream] = order
        calls += body.outcome.called.count
        for call in body.outcome.settled { settled[call.result, default: 0] += 1 }
        return body.outcome.called.map { Refund(order: order.id, key: Text("\(order.id)#\($0.number)")) }
    }
}
