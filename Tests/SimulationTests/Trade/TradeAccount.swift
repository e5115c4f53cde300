/// What the outside world knows of one order: what was agreed, what came, what left the shop and what came back. It is
/// kept from commands that were accepted, and from nothing that the order says of itself.
struct TradeAccount {
    let workflow: String
    let buyer: String
    /// Of a member: the address that is to be confirmed.
    var email: String?
    /// By payment.
    var came: [String: Int] = [:]
    var lines: [String: Line] = [:]
    var freight = 0
    var discount = 0
    var coupon: String?
    /// Of a pre-sale.
    var deposit = 0
    var balance = 0
    var opensAt: Int64 = 0
    var closesAt: Int64 = 0
    /// Whether the shop was open at a time at which the balance could be paid.
    var hadWindow = false
    var limit = 0
    var parcels: [Parcel] = []
    var cases: [Case] = []
    /// What people granted for returned goods.
    var granted = 0
    /// What was not shipped was called off.
    var isPartlyCancelled = false
    /// What was shipped by then is worth so much, after its share of the discount.
    var fairShare = 0
    /// The price without the coupon was due when it was paid.
    var paysFullPrice = false
    /// The coupon's discount was granted.
    var enjoysCoupon = false
    var status = ""
    var accepted: Set<String> = []

    struct Line {
        let sku: String
        let location: String
        var count: Int
        var price: Int
        var shipped = 0
        var arrived = 0
        var returned = 0
        /// Lost, and to be paid back.
        var lost = 0

        var row: String { "\(sku)@\(location)" }
    }

    struct Parcel {
        let name: String
        let units: [TradeUnits]
        var child: String?
        var state = State.onTheWay

        /// Replaced and paid back: a person, or time, has settled what becomes of a lost parcel.
        enum State { case onTheWay, arrived, lost, replaced, paidBack }
    }

    struct Case {
        let name: String
        let units: [TradeUnits]
        var child: String?
        var isOpen = true
    }

    /// What was agreed when an order was placed.
    init(placedBy command: TradeCommand) {
        let data = command.data
        workflow = command.workflow ?? ""
        buyer = data["buyer"]?.text ?? ""
        email = data["email"]?.text
        freight = data["freight_cents"]?.number ?? 0
        discount = data["discount_cents"]?.number ?? 0
        coupon = data["coupon"]?.text
        deposit = data["deposit_cents"]?.number ?? 0
        balance = data["balance_cents"]?.number ?? 0
        opensAt = Int64(data["opens_at"]?.number ?? 0)
        closesAt = Int64(data["closes_at"]?.number ?? 0)
        limit = data["limit"]?.number ?? 0
        for fields in data["lines"]?.list ?? [] {
            lines[fields["line"]?.text ?? ""] = Line(
                sku: fields["sku"]?.text ?? "", location: fields["at"]?.text ?? "",
                count: fields["qty"]?.number ?? 0, price: fields["price_cents"]?.number ?? 0)
        }
        if let sku = data["sku"]?.text, workflow != "group-buy" {
            lines["a"] = Line(
                sku: sku, location: data["at"]?.text ?? "", count: data["qty"]?.number ?? 1,
                price: data["price_cents"]?.number ?? 0)
        }
    }

    /// What one unit for a member of a group costs.
    init(memberOf group: TradeCommand) {
        var own = group
        own.workflow = "group-member"
        self.init(placedBy: own)
    }

    var goodsPrice: Int { lines.values.map { $0.count * $0.price }.reduce(0, +) + deposit + balance }

    /// What is to be paid for all of it.
    var price: Int { goodsPrice + freight - discount }

    var cameInAll: Int { came.values.reduce(0, +) }

    /// What the goods cost that the buyer has, or that are under way.
    var shippedPrice: Int { lines.values.map { ($0.shipped - $0.lost) * $0.price }.reduce(0, +) }

    /// The least that is due for the goods that are not lost: all of the discount belongs to them.
    var leastPrice: Int {
        max(
            0,
            lines.values.map { ($0.count - $0.lost) * $0.price }.reduce(0, +) + deposit + balance + freight - discount)
    }

    var shippedUnits: Int { lines.values.map(\.shipped).reduce(0, +) }

    /// Units of a line for which a return may be opened.
    func returnable(_ line: String) -> Int {
        guard let units = lines[line] else { return 0 }
        let underWay = cases.filter(\.isOpen).flatMap(\.units).filter { $0.line == line }.map(\.count).reduce(0, +)
        return units.arrived - units.returned - underWay
    }

    /// Whether a return of these units is one that a shop can grant: each line once, with units that may come back.
    func canReturn(_ units: [TradeUnits]) -> Bool {
        !units.isEmpty && Set(units.map(\.line)).count == units.count
            && units.allSatisfy { $0.count > 0 && $0.count <= returnable($0.line) }
    }

    /// The buyer has a parcel.
    mutating func arrive(_ index: Int) {
        guard parcels[index].state == .onTheWay || parcels[index].state == .lost else { return }
        parcels[index].state = .arrived
        for unit in parcels[index].units { lines[unit.line]?.arrived += unit.count }
    }

    /// A lost parcel is given up: its goods are sent once more, or their price goes back.
    mutating func giveUp(_ index: Int, isReplaced: Bool) {
        guard parcels[index].state == .onTheWay || parcels[index].state == .lost else { return }
        parcels[index].state = isReplaced ? .replaced : .paidBack
        for unit in parcels[index].units {
            if isReplaced { lines[unit.line]?.shipped -= unit.count } else { lines[unit.line]?.lost += unit.count }
        }
    }
}

/// A refund that the payment provider was asked for, by its key.
struct TradeRefund {
    let order: String
    let payment: String
    let cents: Int
    /// The money has left.
    var isPaid = false
    /// The money has not left, and never will by this key.
    var isVoid = false
    /// A person said that it had failed although it was paid: what follows from that is this person's.
    var isMistaken = false
    /// The order has heard how it ended.
    var isAnswered = false
}
