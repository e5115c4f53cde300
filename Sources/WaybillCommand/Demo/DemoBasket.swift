import Waybill
import WaybillCore

/// What a buyer puts into an order of the demo.
struct DemoBasket {
    /// So many of one item, from one place.
    struct Line {
        let name: Text
        let item: DemoGoods.Item
        let location: Location
        let quantity: Int64
        var priceCents: Int64
    }

    var lines: [Line]
    let freightCents: Int64
    /// A coupon that is spent on it.
    var coupon: String?
    private var discountCents: Int64 { coupon == nil ? 0 : DemoModules.discountCents }

    init(from goods: DemoGoods, lines count: Int, _ dice: inout Dice) {
        lines = []
        for number in 1...count {
            guard let item = dice.pick(goods.items, weight: \.weight) else { continue }
            lines.append(Self.line(number, item, Int64.random(in: 1...3, using: &dice), &dice))
        }
        freightCents = 490
    }

    /// Things that are always there: for an order whose story is to be long.
    init(quietFrom goods: DemoGoods, _ dice: inout Dice) {
        lines = []
        for (index, item) in DemoGoods.quietItems.enumerated() {
            lines.append(Self.line(index + 1, item, Int64(index + 1), &dice))
        }
        freightCents = 490
    }

    private static func line(_ number: Int, _ item: DemoGoods.Item, _ quantity: Int64, _ dice: inout Dice) -> Line {
        let location = DemoGoods.locations[Int.random(in: 0..<DemoGoods.locations.count, using: &dice)]
        return Line(
            name: Text("\(number)"), item: item, location: location, quantity: quantity, priceCents: item.priceCents)
    }

    var totalCents: Int64 { lines.reduce(freightCents - discountCents) { $0 + $1.quantity * $1.priceCents } }

    /// The data of the command that places the order.
    func placing(shop: Int, buyer: String, payWithin: Interval) -> JSON {
        [
            "shop": "\(shop)", "buyer": .text(buyer), "pay_within": .int(payWithin.milliseconds),
            "coupon": coupon.map { .text($0) } ?? .null,
            "freight_cents": .int(freightCents), "discount_cents": .int(discountCents),
            "lines": .array(
                lines.map { line in
                    [
                        "line": .text(line.name.string), "sku": .text(line.item.sku.description),
                        "at": .text(line.location.description), "qty": .int(line.quantity),
                        "price_cents": .int(line.priceCents),
                    ]
                }),
        ]
    }
}
