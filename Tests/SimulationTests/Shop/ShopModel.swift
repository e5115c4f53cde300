import Fixtures

/// What must be true of the mug shop, from its workflow's text and the product's promises alone.
///
/// It keeps plain numbers in memory and shares nothing with the product.
struct ShopModel {
    private(set) var now = MugShop.openingMilliseconds
    private(set) var picture = ShopPicture()
    private var orders: [String: Facts] = [:]
    private var stockVersion: Int64 = 0
    private var answered: [String: (step: ShopStep, verdict: ShopVerdict)] = [:]

    private static let minute: Int64 = 60_000
    private static let day: Int64 = 1_440 * minute

    /// What a picture does not show of an order.
    private struct Facts {
        let units: Int64
        var firedAt: Int64?
        var payment: (id: String, cents: Int64, version: Int64)?
    }

    /// A request with a key that was answered is answered the same; the same key with another request is refused.
    mutating func perform(_ step: ShopStep) -> ShopVerdict {
        guard let key = step.key else { return decide(step) }
        if let earlier = answered[key] {
            guard earlier.step == step else { return .refused("key_reused") }
            guard case .accepted(let version, _) = earlier.verdict else { return earlier.verdict }
            return .accepted(version: version, isRepeat: true)
        }
        let verdict = decide(step)
        // A request that found no order, and made none, may be right a moment later: its key is still free.
        if isAboutSomething(step) { answered[key] = (step, verdict) }
        return verdict
    }

    private func isAboutSomething(_ step: ShopStep) -> Bool {
        switch step {
        case .place(let order, _, _), .cancel(let order, _): orders[order] != nil
        case .receive: true
        case .pay, .extendTimeout, .cancelTimeout, .adjust, .count, .pass, .reopen: false
        }
    }

    private mutating func decide(_ step: ShopStep) -> ShopVerdict {
        switch step {
        case .place(let order, let units, _): place(order, units)
        case .pay(let order, let payment, let cents): pay(order, payment, cents)
        case .cancel(let order, _): cancel(order)
        case .extendTimeout(let order, let minutes): changeTimeout(of: order) { $0 + minutes * Self.minute }
        case .cancelTimeout(let order): changeTimeout(of: order) { _ in nil }
        case .receive(let units, _): changeStock(received: units)
        case .adjust(let units): changeStock(adjusted: units)
        case .count(let units, let expected):
            expected == nil || expected == picture.stock.free
                ? changeStock(adjusted: units - picture.stock.free) : .refused("stock_conflict")
        case .pass(let milliseconds): pass(milliseconds, firesOnTime: true)
        case .reopen(let milliseconds): pass(milliseconds, firesOnTime: false)
        }
    }

    private mutating func place(_ id: String, _ units: Int64) -> ShopVerdict {
        guard picture.orders[id] == nil else { return .refused("order_exists") }
        guard units <= picture.stock.free else { return .refused("insufficient_stock") }
        picture.stock.free -= units
        picture.stock.reserved += units
        orders[id] = Facts(units: units)
        picture.orders[id] = ShopPicture.Order(
            status: "awaiting payment", version: 1, due: now + 30 * Self.minute, reserved: units, sold: 0)
        return .accepted(version: 1, isRepeat: false)
    }

    private mutating func pay(_ id: String, _ payment: String, _ cents: Int64) -> ShopVerdict {
        guard let order = picture.orders[id], let facts = orders[id] else { return .refused("unknown_order") }
        if let paid = facts.payment, paid.id == payment {
            return paid.cents == cents ? .accepted(version: paid.version, isRepeat: true) : .refused("key_reused")
        }
        guard order.status == "awaiting payment", cents >= facts.units * MugShop.priceCents else {
            return .refused("not_possible")
        }
        orders[id]?.payment = (payment, cents, order.version + 1)
        picture.stock.reserved -= facts.units
        picture.stock.sold += facts.units
        picture.orders[id] = ShopPicture.Order(
            status: "paid", version: order.version + 1, due: nil, reserved: 0, sold: facts.units)
        return .accepted(version: order.version + 1, isRepeat: false)
    }

    private mutating func cancel(_ id: String) -> ShopVerdict {
        guard let order = picture.orders[id] else { return .refused("unknown_order") }
        guard order.status == "awaiting payment" else { return .refused("not_possible") }
        return .accepted(version: close(id, order), isRepeat: false)
    }

    private mutating func close(_ id: String, _ order: ShopPicture.Order) -> Int64 {
        picture.stock.reserved -= order.reserved
        picture.stock.free += order.reserved
        picture.orders[id] = ShopPicture.Order(
            status: "closed", version: order.version + 1, due: nil, reserved: 0, sold: 0)
        return order.version + 1
    }

    private mutating func changeTimeout(of id: String, _ change: (Int64) -> Int64?) -> ShopVerdict {
        guard let order = picture.orders[id] else { return .refused("unknown_order") }
        guard let due = order.due else {
            guard let firedAt = orders[id]?.firedAt, now - firedAt <= Self.day else {
                return .refused("unknown_timeout")
            }
            return .refused("timeout_fired")
        }
        picture.orders[id]?.due = change(due)
        picture.orders[id]?.version += 1
        return .accepted(version: order.version + 1, isRepeat: false)
    }

    private mutating func changeStock(received: Int64 = 0, adjusted: Int64 = 0) -> ShopVerdict {
        guard picture.stock.free + received + adjusted >= 0 else { return .refused("stock_conflict") }
        // A count that agrees with the book changes nothing.
        if received + adjusted == 0 { return .accepted(version: stockVersion, isRepeat: false) }
        picture.stock.received += received
        picture.stock.adjusted += adjusted
        picture.stock.free += received + adjusted
        stockVersion += 1
        return .accepted(version: stockVersion, isRepeat: false)
    }

    /// While the book is open each timeout fires at its own time; what came due while it was closed, when it opens.
    private mutating func pass(_ milliseconds: Int64, firesOnTime: Bool) -> ShopVerdict {
        now += milliseconds
        for (id, order) in picture.orders {
            guard let due = order.due, due <= now else { continue }
            _ = close(id, order)
            orders[id]?.firedAt = firesOnTime ? due : now
        }
        return .passed
    }
}
