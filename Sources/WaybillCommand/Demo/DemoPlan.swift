import Waybill
import WaybillCore

/// One thing that is done to an order of the demo.
struct DemoStep {
    let at: Moment
    let order: OrderID
    let command: EventName
    let role: Text
    let data: JSON
    /// Of the call that it answers.
    var key: Text?
    /// The order whose parcel or return `order` is; else the same.
    let top: OrderID

    init(
        at: Moment, order: OrderID, command: EventName, role: Text, data: JSON, key: Text? = nil,
        top: OrderID? = nil
    ) {
        self.at = at
        self.order = order
        self.command = command
        self.role = role
        self.data = data
        self.key = key
        self.top = top ?? order
    }
}

/// What becomes of one order of the demo if nothing comes in its way: the steps of its buyer, its seller, the payment
/// provider and the warehouse.
struct DemoPlan {
    /// How an order goes.
    enum Style: CaseIterable {
        case straight, split, neverPaid, latePayment, haggled, cancelled, parcels, returned, paidTwice

        /// How many of a hundred orders go that way.
        var share: Int {
            switch self {
            case .straight: 46
            case .split: 10
            case .parcels: 9
            case .neverPaid: 8
            case .latePayment, .returned: 7
            case .haggled: 6
            case .cancelled: 5
            case .paidTwice: 2
            }
        }
    }

    private(set) var steps: [DemoStep] = []
    private let order: OrderID
    private var basket: DemoBasket
    /// When the last step happens.
    private var time: Moment
    private var payments = 0
    private var parcels = 0
    private var dice: Dice

    private init(
        _ order: OrderID, basket: DemoBasket, buyer: Int, placedAt: Moment, payWithin: Interval, dice: Dice
    ) {
        self.order = order
        self.basket = basket
        self.dice = dice
        time = placedAt
        let shop = Int.random(in: 1...5, using: &self.dice)
        add("place", by: "buyer", basket.placing(shop: shop, buyer: "buyer-\(buyer)", payWithin: payWithin))
    }

    /// The plan of an ordinary order.
    ///
    /// - Parameter coupons: what buyers have and have not spent, by buyer.
    static func ordinary(
        _ order: OrderID, placedAt: Moment, from goods: DemoGoods, coupons: inout [String: String], _ dice: inout Dice
    ) -> DemoPlan {
        let style = dice.pick(Style.allCases, weight: \.share) ?? .straight
        let countMin = style == .parcels ? 2 : 1
        var basket = DemoBasket(from: goods, lines: Int.random(in: countMin...3, using: &dice), &dice)
        let buyer = anybody(&dice)
        if basket.totalCents > 2 * DemoModules.discountCents, let code = coupons["buyer-\(buyer)"] {
            basket.coupon = code
            // Some try to spend it twice.
            if !dice.chance(5) { coupons["buyer-\(buyer)"] = nil }
        }
        let payWithin: Interval = dice.chance(80) ? .minutes(30) : .hours(2)
        var plan = DemoPlan(
            order, basket: basket, buyer: buyer, placedAt: placedAt, payWithin: payWithin, dice: dice)
        switch style {
        case .straight:
            plan.payAll()
            plan.shipAll()
            plan.receive()
        case .split:
            plan.paySplit()
            plan.shipAll()
            plan.receive()
        case .neverPaid:
            // An eager warehouse: refused, because nothing is paid.
            if dice.chance(30) { plan.ship(plan.basket.lines, after: dice.minutes(2...20)) }
        case .latePayment:
            plan.payAll(after: payWithin.adding(dice.minutes(5...600)))
            plan.shipAll()
            plan.receive()
        case .haggled:
            plan.haggle()
            plan.payAll()
            plan.shipAll()
            plan.receive()
        case .cancelled:
            plan.cancel()
        case .parcels:
            plan.payAll()
            plan.shipInParts()
            plan.receive()
        case .returned:
            plan.payAll()
            plan.shipAll()
            plan.giveBack(plan.basket.lines.prefix(1))
        case .paidTwice:
            plan.payAll()
            plan.payAll()
            plan.shipAll()
            plan.receive()
        }
        return plan
    }

    /// The plan of an order to which nearly everything happens: what the demo tells at its end.
    static func eventful(_ order: OrderID, placedAt: Moment, from goods: DemoGoods, _ dice: inout Dice) -> DemoPlan {
        let basket = DemoBasket(quietFrom: goods, &dice)
        var plan = DemoPlan(
            order, basket: basket, buyer: anybody(&dice), placedAt: placedAt, payWithin: .minutes(30), dice: dice)
        plan.haggle()
        plan.ship(plan.basket.lines, after: .minutes(3))
        plan.pay(plan.basket.totalCents / 3, after: .minutes(4))
        plan.payAll(after: .hours(3))
        plan.repeatLast(after: .minutes(2))
        plan.shipInParts()
        plan.giveBack(plan.basket.lines.prefix(1))
        return plan
    }

    /// A buyer, by number.
    private static func anybody(_ dice: inout Dice) -> Int { Int.random(in: 1...900, using: &dice) }

    // MARK: Steps

    private mutating func add(
        _ command: EventName, of child: String? = nil, after: Interval = .seconds(0), by role: Text, _ data: JSON = [:]
    ) {
        time = time.advanced(by: after)
        let id = child.map { OrderID("\(order)/\($0)") } ?? order
        steps.append(DemoStep(at: time, order: id, command: command, role: role, data: data, top: order))
    }

    private mutating func pay(_ cents: Int64, after: Interval) {
        payments += 1
        let channel = ["card", "transfer", "wallet"][Int.random(in: 0..<3, using: &dice)]
        add(
            "pay", after: after, by: "payments",
            ["payment": "p-\(payments)", "channel": .text(channel), "amount_cents": .int(cents)])
        // Providers send their notices more than once.
        if dice.chance(8) { repeatLast(after: dice.minutes(1...30)) }
    }

    private mutating func payAll(after: Interval? = nil) {
        pay(basket.totalCents, after: after ?? dice.minutes(1...12))
    }

    private mutating func paySplit() {
        let first = basket.totalCents * Int64.random(in: 20...80, using: &dice) / 100
        pay(first, after: dice.minutes(1...6))
        pay(basket.totalCents - first, after: dice.minutes(1...6))
    }

    private mutating func repeatLast(after: Interval) {
        guard let last = steps.last else { return }
        time = time.advanced(by: after)
        steps.append(
            DemoStep(at: time, order: last.order, command: last.command, role: last.role, data: last.data, top: order))
    }

    private mutating func haggle() {
        guard !basket.lines.isEmpty else { return }
        basket.lines[0].priceCents = basket.lines[0].priceCents * 9 / 10
        add(
            "change_price", after: dice.minutes(1...4), by: "seller",
            ["line": .text(basket.lines[0].name.string), "price_cents": .int(basket.lines[0].priceCents)])
    }

    private mutating func cancel() {
        add("cancel", after: dice.minutes(1...15), by: "buyer", ["reason": "changed my mind"])
    }

    private mutating func ship(_ lines: some Collection<DemoBasket.Line>, after: Interval) {
        parcels += 1
        let data: JSON = ["parcel": "box-\(parcels)", "carrier": "post", "lines": quantities(lines)]
        add("ship", after: after, by: "warehouse", data)
    }

    /// The parcel is seen on its way, then it arrives; it tells the order.
    private mutating func deliver(after: Interval) {
        let parcel = "parcel-box-\(parcels)"
        if dice.chance(30) { add("scan", of: parcel, after: dice.hours(1...3), by: "carrier", ["place": "hub"]) }
        add("deliver", of: parcel, after: after, by: "carrier")
    }

    private mutating func shipAll() {
        ship(basket.lines, after: dice.hours(4...30))
        deliver(after: dice.hours(20...70))
    }

    private mutating func shipInParts() {
        let lines = basket.lines
        ship(lines.prefix(1), after: dice.hours(4...20))
        deliver(after: dice.hours(20...40))
        ship(lines.dropFirst(), after: dice.hours(4...20))
        deliver(after: dice.hours(20...40))
    }

    /// Some buyers say that all is well; for the others the order waits ten days.
    private mutating func receive() {
        if dice.chance(85) { add("confirm_receipt", after: dice.hours(1...60), by: "buyer") }
    }

    private mutating func giveBack(_ lines: some Collection<DemoBasket.Line>) {
        // No more than was paid: a coupon may have taken something off.
        let refund = min(lines.reduce(0) { $0 + $1.quantity * $1.priceCents }, basket.totalCents)
        add(
            "ask_return", after: dice.hours(5...48), by: "buyer",
            ["case": "1", "kind": "does not fit", "lines": quantities(lines)])
        // Some sellers say nothing, which is a yes after two days.
        if dice.chance(70) { add("approve", of: "case-1", after: dice.hours(1...20), by: "seller") }
        let returned = lines.map { line -> JSON in
            [
                "line": .text(line.name.string), "qty": .int(line.quantity),
                "at": .text(line.location.description),
            ]
        }
        add(
            "receive", of: "case-1", after: dice.hours(50...90), by: "warehouse",
            ["refund_cents": .int(refund), "lines": .array(returned)])
    }

    private func quantities(_ lines: some Collection<DemoBasket.Line>) -> JSON {
        .array(lines.map { ["line": .text($0.name.string), "qty": .int($0.quantity)] })
    }
}

extension Interval {
    /// Both lengths after one another.
    func adding(_ other: Interval) -> Interval {
        Moment(milliseconds: milliseconds).advanced(by: other).since(Moment(milliseconds: 0))
    }
}
