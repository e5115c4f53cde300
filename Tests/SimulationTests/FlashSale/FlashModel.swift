/// What must be true of a flash sale, in memory and as plain as can be: written from the workflow file and the
/// promises, and not from the engine. Time is in milliseconds; stock is named `sku`, or `sku@location`.
struct FlashModel {
    private(set) var now: Int64
    private var orders: [String: ModelOrder] = [:]
    private var stock: [String: ModelStock] = [:]
    /// How many messages there are, by topic and tag.
    private var messages: [String: Int] = [:]
    private var events = 0
    /// What was answered under a key of the sender: the request, the answer, and when.
    private var answers: [String: (request: FlashRequest, outcome: Outcome, at: Int64)] = [:]

    enum Outcome: Equatable {
        case accepted(version: Int)
        case repeated(version: Int)
        case refused(String)
    }

    init(at now: Int64) { self.now = now }

    // MARK: Steps

    /// Time passes; what comes due closes at its own time.
    mutating func pass(_ length: Int64) {
        let end = now + length
        while let next = (orders.values.compactMap(\.due) + openCalls.map(\.due)).min(), next <= end {
            now = max(now, next)
            closeOverdue()
        }
        now = end
    }

    /// The shop stands still and opens again: nobody closes anything meanwhile.
    mutating func reopen(after length: Int64) { now += length }

    /// Whether the answer under this key may be remembered or not: for a day at least, for 32 hours at most.
    func isUncertain(_ key: String) -> Bool {
        answers[key].map { now - $0.at >= 24 * hour && now - $0.at <= 32 * hour } ?? false
    }

    mutating func handle(_ request: FlashRequest, key: String?) -> Outcome {
        defer { closeOverdue() }
        if let key, let known = answers[key], now - known.at < 24 * hour {
            guard known.request == request else { return .refused("key_reused") }
            guard case .accepted(let version) = known.outcome else { return known.outcome }
            return .repeated(version: version)
        }
        // What is overdue for the order comes first; what is overdue for others, after.
        if let id = request.order { close(id, ifDueBy: now) }
        let outcome = decide(request)
        // Of what does not exist nothing is remembered: the same request may be right a moment later.
        let exists = request.order.map { orders[$0] != nil } ?? (stock[FlashSale.sku] != nil)
        if let key, outcome.isAnswer, exists { answers[key] = (request, outcome, now) }
        return outcome
    }

    private mutating func decide(_ request: FlashRequest) -> Outcome {
        switch request {
        case .receive(let quantity):
            return move(FlashSale.sku) {
                $0.received += quantity
                $0.free += quantity
            }
        case .adjust(let quantity):
            return move(FlashSale.sku) {
                $0.adjusted += quantity
                $0.free += quantity
            }
        case .place(let id, let buyer): return place(id, buyer: buyer)
        case .pay(let id, let payment, let cents):
            return change(id, naturalKey: "pay \(payment)", "\(cents)") { $0.pay(&$1, payment: payment, cents: cents) }
        case .cancel(let id):
            return change(id) { $1.status == FlashSale.waiting ? $0.close(&$1) : "not_possible" }
        case .ship(let id, let parcel):
            return change(id, naturalKey: "ship \(parcel)", "") { $0.ship(&$1) }
        case .answer(let id, let call, let isDone, let cents):
            // Who answers a second time the same way is answered the same, whatever he says.
            return change(id, naturalKey: "\(isDone ? "done" : "failed") \(call)", "") {
                $0.answer(&$1, call: call, isDone: isDone, cents: cents)
            }
        case .extend(let id, let by): return reschedule(id) { max($1, $0 + by) }
        case .stop(let id): return reschedule(id) { _, _ in nil }
        }
    }

    // MARK: Stock

    private mutating func move(_ sku: String, _ change: (inout ModelStock) -> Void) -> Outcome {
        var next = stock[sku] ?? ModelStock()
        change(&next)
        guard next.free >= 0 else { return .refused("stock_conflict") }
        next.version += 1
        events += 1
        stock[sku] = next
        return .accepted(version: next.version)
    }

    // MARK: Orders

    private mutating func place(_ id: String, buyer: String) -> Outcome {
        guard orders[id] == nil else { return .refused("order_exists") }
        var order = ModelOrder(buyer: buyer, status: FlashSale.waiting, due: now + FlashSale.payWithin)
        guard stock[FlashSale.sku, default: ModelStock()].free >= 1 else { return .refused("insufficient_stock") }
        let limit = FlashSale.limit(of: buyer)
        if stock[limit] == nil {
            // The row of a limit is made on first use, by an event of its own.
            stock[limit] = ModelStock(received: FlashSale.perBuyer, free: FlashSale.perBuyer, version: 1)
            events += 1
        }
        guard stock[limit, default: ModelStock()].free >= 1 else { return .refused("insufficient_stock") }
        hold(order) {
            $0.free -= 1
            $0.reserved += 1
        }
        say("placed")
        order.version = 1
        events += 1
        orders[id] = order
        return .accepted(version: 1)
    }

    /// One accepted command makes one event; `body` returns why not, or nil.
    private mutating func change(
        _ id: String, naturalKey: String? = nil, _ data: String = "",
        _ body: (inout FlashModel, inout ModelOrder) -> String?
    ) -> Outcome {
        guard var order = orders[id] else { return .refused("unknown_order") }
        if let naturalKey, let used = order.keys[naturalKey] {
            return used.data == data ? .repeated(version: used.version) : .refused("key_reused")
        }
        if let refusal = body(&self, &order) { return .refused(refusal) }
        order.version += 1
        events += 1
        if let naturalKey { order.keys[naturalKey] = (data, order.version) }
        orders[id] = order
        return .accepted(version: order.version)
    }

    private mutating func pay(_ order: inout ModelOrder, payment: String, cents: Int) -> String? {
        guard order.status == FlashSale.waiting, cents == FlashSale.priceCents else {
            // Money that nobody waits for goes back, whatever became of the order.
            order.calls.append(ModelCall(cents: cents, due: now + 24 * hour))
            messages["refunds:call", default: 0] += 1
            return nil
        }
        order.status = FlashSale.paid
        order.due = nil
        hold(order) {
            $0.reserved -= 1
            $0.sold += 1
        }
        say("paid")
        return nil
    }

    private mutating func close(_ order: inout ModelOrder) -> String? {
        order.status = "closed"
        order.due = nil
        hold(order) {
            $0.reserved -= 1
            $0.free += 1
        }
        say("closed")
        return nil
    }

    private mutating func ship(_ order: inout ModelOrder) -> String? {
        guard order.status == FlashSale.paid else { return "not_possible" }
        order.status = "shipped"
        say("shipped")
        return nil
    }

    private mutating func answer(_ order: inout ModelOrder, call: Int, isDone: Bool, cents: Int?) -> String? {
        guard order.calls.indices.contains(call - 1) else { return "no_open_call" }
        let index = call - 1
        let isHeard = order.calls[index].end == nil || isDone && order.calls[index].end == .notDone
        guard isHeard else { return "call_ended" }
        if let cents, cents != order.calls[index].cents { return "bad_data" }
        // Money that left too late has left too; but what was announced as not done is not announced again.
        if isDone, order.calls[index].end == nil { messages["refunds:done", default: 0] += 1 }
        order.calls[index].end = isDone ? .done : .notDone
        say(isDone ? "refunded" : "needs-a-person")
        return nil
    }

    private mutating func hold(_ order: ModelOrder, _ change: (inout ModelStock) -> Void) {
        change(&stock[FlashSale.sku, default: ModelStock()])
        change(&stock[FlashSale.limit(of: order.buyer), default: ModelStock()])
    }

    private mutating func say(_ tag: String) { messages["order:\(tag)", default: 0] += 1 }

    // MARK: Timeouts

    private mutating func closeOverdue() {
        for id in orders.keys.sorted() {
            close(id, ifDueBy: now)
            for index in 0..<(orders[id]?.calls.count ?? 0) {
                guard let call = orders[id]?.calls[index], call.isAwaited, call.due <= now else { continue }
                _ = change(id) { model, order in
                    order.calls[index].isUnanswered = true
                    model.say("needs-a-person")
                    return nil
                }
            }
        }
    }

    private var openCalls: [ModelCall] { orders.values.flatMap(\.calls).filter(\.isAwaited) }

    private mutating func close(_ id: String, ifDueBy moment: Int64) {
        guard let due = orders[id]?.due, due <= moment else { return }
        _ = change(id) { $0.close(&$1) }
        orders[id]?.firedAt = now
    }

    private mutating func reschedule(_ id: String, _ next: (_ due: Int64, _ now: Int64) -> Int64?) -> Outcome {
        guard let order = orders[id] else { return .refused("unknown_order") }
        guard let due = order.due else {
            let isRecent = order.firedAt.map { now - $0 <= 24 * hour } ?? false
            return .refused(isRecent ? "timeout_fired" : "unknown_timeout")
        }
        return change(id) { model, order in
            order.due = next(due, model.now)
            return nil
        }
    }

    // MARK: What is seen

    /// Everything that can be compared, one fact a line.
    var facts: Set<String> {
        var facts: Set<String> = ["\(orders.count) orders", "\(events) events"]
        for (id, order) in orders {
            facts.insert("\(id): \(order.status), version \(order.version), due \(order.due ?? 0)")
        }
        for (sku, level) in stock { facts.insert("\(sku): \(level)") }
        for (name, count) in messages { facts.insert("\(count) messages \(name)") }
        facts.insert("timeouts at \(orders.values.compactMap(\.due).sorted())")
        facts.insert("calls until \(openCalls.map(\.due).sorted())")
        return facts
    }
}

struct ModelOrder {
    let buyer: String
    var status: String
    var due: Int64?
    var version = 0
    var firedAt: Int64?
    /// Refunds that were asked for, by number from 1.
    var calls: [ModelCall] = []
    /// Natural keys with the data that came with them and the version that they made.
    var keys: [String: (data: String, version: Int)] = [:]

    init(buyer: String, status: String, due: Int64) {
        self.buyer = buyer
        self.status = status
        self.due = due
    }
}

/// A refund that was asked for; without an answer for a day nobody knows whether it was done, until one comes.
struct ModelCall {
    let cents: Int
    let due: Int64
    var end: End?
    var isUnanswered = false
    var isAwaited: Bool { end == nil && !isUnanswered }

    enum End {
        case done, notDone
    }
}

struct ModelStock: CustomStringConvertible {
    var received = 0
    var adjusted = 0
    var free = 0
    var reserved = 0
    var sold = 0
    var version = 0

    var description: String { "\(received) + \(adjusted) = \(free) + \(reserved) + \(sold)" }
}

extension FlashModel.Outcome {
    /// Whether it is kept under the sender's key. Who asks amiss, or under another's key, may ask again.
    fileprivate var isAnswer: Bool {
        switch self {
        case .accepted, .repeated: true
        case .refused(let code): !["key_reused", "unknown_order"].contains(code)
        }
    }
}

private let hour: Int64 = 3_600_000
