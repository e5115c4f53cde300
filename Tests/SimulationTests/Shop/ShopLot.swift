import Fixtures

/// Picks the next step by seed: mostly sensible, sometimes what buyers, banks and clerks get wrong.
struct ShopLot {
    private var dice: Dice
    private var orderCount = 0
    private var keyCount = 0
    private var sent: [(step: ShopStep, at: Int64)] = []

    init(seed: UInt64) { dice = Dice(state: seed) }

    /// The next step of a shop whose orders and clock are as the model says.
    mutating func next(_ model: ShopModel) -> ShopStep {
        let step = pick(model)
        if step.key != nil, !sent.contains(where: { $0.step == step }) { sent.append((step, model.now)) }
        return step
    }

    private mutating func pick(_ model: ShopModel) -> ShopStep {
        guard orderCount > 0 else {
            orderCount = 1
            return .receive(units: dice.number(4...12), key: newKey())
        }
        switch dice.number(1...100) {
        case 1...20: return .place(order: newOrder(), units: dice.number(1...3), key: newKey())
        case 21...22: return .place(order: anyOrder(), units: dice.number(1...3), key: newKey())
        case 23...45: return payment(model)
        case 46...52: return .cancel(order: anyOrder(), key: newKey())
        case 53...62: return repetition(model)
        case 63...65: return .receive(units: dice.number(1...4), key: newKey())
        case 66...68: return .adjust(units: dice.number(1...3) * (dice.isTrue(percent: 50) ? 1 : -1))
        case 69...71: return count(model)
        case 72...77: return .extendTimeout(order: anyOrder(), minutes: dice.number(1...40))
        case 78...80: return .cancelTimeout(order: anyOrder())
        case 81...95: return .pass(milliseconds: pause())
        default: return .reopen(afterMilliseconds: dice.isTrue(percent: 50) ? 0 : pause())
        }
    }

    /// The right sum, too little or too much; again and again under few payment ids, so that they meet.
    private mutating func payment(_ model: ShopModel) -> ShopStep {
        let order = anyOrder()
        let units = model.picture.orders[order].map { max($0.reserved, $0.sold) } ?? 1
        let right = max(units, 1) * MugShop.priceCents
        let cents = dice.isTrue(percent: 70) ? right : right + dice.number(-2...1) * 100
        return .pay(order: order, payment: "payment-\(dice.number(1...2))", cents: cents)
    }

    /// A request of the last day once more, or its key on another request. Older keys may be forgotten or not.
    private mutating func repetition(_ model: ShopModel) -> ShopStep {
        let fresh = sent.filter { model.now - $0.at < 86_000_000 }
        guard !fresh.isEmpty else { return .pass(milliseconds: pause()) }
        let earlier = fresh[Int(dice.number(0...Int64(fresh.count - 1)))].step
        guard dice.isTrue(percent: 25), case .place(let order, let units, let key) = earlier else { return earlier }
        return .place(order: order, units: units + 1, key: key)
    }

    private mutating func count(_ model: ShopModel) -> ShopStep {
        let free = model.picture.stock.free
        let counted = max(0, free + dice.number(-1...2))
        return .count(units: counted, expected: dice.isTrue(percent: 50) ? nil : free + dice.number(0...1))
    }

    /// Minutes mostly, hours now and then, more than a day seldom.
    private mutating func pause() -> Int64 {
        switch dice.number(1...20) {
        case 1: dice.number(0...100_000_000)
        case 2...4: dice.number(0...7_200_000)
        default: dice.number(0...1_200_000)
        }
    }

    private mutating func newOrder() -> String {
        orderCount += 1
        return "order-\(orderCount)"
    }

    /// One of the latest orders, which are those that still move; sometimes one that was never placed.
    private mutating func anyOrder() -> String {
        "order-\(max(1, Int64(orderCount) - dice.number(-1...7)))"
    }

    private mutating func newKey() -> String {
        keyCount += 1
        return "key-\(keyCount)"
    }
}
