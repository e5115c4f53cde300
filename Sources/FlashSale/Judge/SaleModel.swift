package import WaybillCore

/// What is known of the flash-sale workflow without asking the engine.
package enum SaleRules {
    /// How long a unit waits for its payment.
    package static let payWithin = Interval.minutes(15)
}

/// What must become of a rush, in memory and as plain as can be: written from the workflow file and the promises, and
/// not from the engine. Gets the same requests in the same order, and says what the answers must be.
struct SaleModel {
    private enum Status: Hashable { case unpaid, paid, closed }

    private struct Order {
        var status = Status.unpaid
        let item: Int
        let buyer: Int
        let due: Int64
    }

    private struct Name: Hashable {
        var shopper: Int
        var order: Int
    }

    struct Level: Hashable {
        var received: Int64 = 0
        var free: Int64 = 0
        var reserved: Int64 = 0
        var sold: Int64 = 0
    }

    private struct Limit: Hashable {
        var buyer: Int
        var item: Int
    }

    private let limit: Int64
    private(set) var levels: [Level]
    private var orders: [Name: Order] = [:]
    /// Unpaid orders in the order in which they were placed: each waits for the same time.
    private var waiting: [Name] = []
    private var firstWaiting = 0
    private var taken: [Limit: Int64] = [:]
    private var cancelled: Set<Name> = []
    /// When orders were closed because their time was over; milliseconds, rising.
    private(set) var closings: [Int64] = []
    private(set) var events = 0

    init(_ goods: RushScenario.Goods) {
        limit = goods.limit
        levels = Array(repeating: Level(), count: goods.count)
        if goods.units > 0 {
            for item in 0..<goods.count { receive(item, goods.units) }
        }
    }

    var orderCount: Int { orders.count }

    mutating func receive(_ item: Int, _ units: Int64) {
        levels[item].received += units
        levels[item].free += units
        events += 1
    }

    /// Time passes: what was not paid in time is closed. Milliseconds.
    mutating func pass(to now: Int64) {
        while firstWaiting < waiting.count {
            let name = waiting[firstWaiting]
            guard let order = orders[name], order.due <= now else { break }
            firstWaiting += 1
            guard order.status == .unpaid else { continue }
            close(name, order)
            closings.append(order.due)
        }
        if firstWaiting > 4_096, firstWaiting * 2 > waiting.count {
            waiting.removeFirst(firstWaiting)
            firstWaiting = 0
        }
    }

    mutating func handle(_ request: ShopRequest, at now: Int64) -> ShopAnswer {
        pass(to: now)
        let name = Name(shopper: request.shopper, order: request.order)
        switch request.kind {
        case .place: return place(name, item: request.item, at: now)
        case .pay: return pay(name)
        case .cancel: return cancel(name)
        }
    }

    private mutating func place(_ name: Name, item: Int, at now: Int64) -> ShopAnswer {
        // An order is always placed under the same key, and lives less than a day.
        if orders[name] != nil { return .accepted(isRepeat: true) }
        guard levels[item].free >= 1 else { return .refused(.soldOut) }
        let place = Limit(buyer: name.shopper, item: item)
        if taken[place] == nil {
            // The row of a limit is made by an event of its own.
            taken[place] = 0
            events += 1
        }
        guard taken[place, default: 0] < limit else { return .refused(.limitReached) }
        taken[place, default: 0] += 1
        levels[item].free -= 1
        levels[item].reserved += 1
        orders[name] = Order(item: item, buyer: name.shopper, due: now + SaleRules.payWithin.milliseconds)
        waiting.append(name)
        events += 1
        return .accepted(isRepeat: false)
    }

    private var paid: Set<Name> = []

    private mutating func pay(_ name: Name) -> ShopAnswer {
        guard var order = orders[name] else { return .refused(.other("unknown_order")) }
        // The provider's notice is known by its payment, for as long as the order lives.
        if !paid.insert(name).inserted { return .accepted(isRepeat: true) }
        events += 1
        guard order.status == .unpaid else { return .accepted(isRepeat: false) }
        order.status = .paid
        orders[name] = order
        levels[order.item].reserved -= 1
        levels[order.item].sold += 1
        return .accepted(isRepeat: false)
    }

    private mutating func cancel(_ name: Name) -> ShopAnswer {
        guard let order = orders[name] else { return .refused(.other("unknown_order")) }
        if cancelled.contains(name) { return .accepted(isRepeat: true) }
        guard order.status == .unpaid else { return .refused(.notPossible) }
        cancelled.insert(name)
        close(name, order)
        return .accepted(isRepeat: false)
    }

    private mutating func close(_ name: Name, _ order: Order) {
        orders[name]?.status = .closed
        levels[order.item].reserved -= 1
        levels[order.item].free += 1
        taken[Limit(buyer: order.buyer, item: order.item), default: 0] -= 1
        events += 1
    }

    // MARK: What is seen

    /// How many orders have each status, in the words of the workflow.
    var statuses: [String: Int] {
        var counts: [String: Int] = [:]
        for order in orders.values {
            switch order.status {
            case .unpaid: counts["awaiting payment", default: 0] += 1
            case .paid: counts["awaiting shipment", default: 0] += 1
            case .closed: counts["closed", default: 0] += 1
            }
        }
        return counts
    }

    /// In what the file differs from this; empty: in nothing.
    func differences(from books: ShopBooks, openedAt: Moment) -> [String] {
        var differences: [String] = []
        for (item, level) in levels.enumerated() {
            let book = books.levels[item]
            if (level.received, level.free, level.reserved, level.sold)
                != (book.received + book.adjusted, book.free, book.reserved, book.sold)
            {
                differences.append(
                    "item \(item + 1): the file has \(book.words); the model received \(level.received), free "
                        + "\(level.free), reserved \(level.reserved), sold \(level.sold)")
            }
        }
        let waiting = orders.values.count { $0.status == .unpaid }
        let numbers: [(String, Int, Int)] = [
            ("orders", books.orders, orders.count), ("events", books.events, events),
            ("timeouts that fired", books.fired.count, closings.count),
            ("timeouts that are pending", books.pendingTimeouts, waiting),
        ]
        for (what, file, model) in numbers where file != model {
            differences.append("\(what): \(file) in the file, \(model) in the model")
        }
        let statuses = statuses
        for status in Set(statuses.keys).union(books.statuses.keys).sorted() {
            let (file, model) = (books.statuses[status] ?? 0, statuses[status] ?? 0)
            if file != model {
                differences.append("orders \"\(status)\": \(file) in the file, \(model) in the model")
            }
        }
        // In virtual time a timeout fires at its due time, and not a millisecond from it.
        let fired = books.fired.map { $0.at.since(openedAt).milliseconds }.sorted()
        for (file, model) in zip(fired, closings) where file != model {
            let (at, due) = (Interval(milliseconds: file).text, Interval(milliseconds: model).text)
            differences.append("a timeout fired at \(at), and was due at \(due)")
            break
        }
        return differences
    }
}
