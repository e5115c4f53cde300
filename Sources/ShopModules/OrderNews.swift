import Waybill

/// What a message of the topic `order` says: which order, what happened to it, and the data of the command behind it.
final class OrderNews {
    /// The tags that modules listen for.
    enum Tag: String {
        case placed, paid, closed, refunded, shipped
        /// An expired order was paid late, and has taken its stock again, and its coupon if the message names one.
        case revived
        /// A refund has failed: the money is still here.
        case needsAPerson = "needs-a-person"
    }

    static let topic: TopicName = "order"

    let order: String
    /// Nil: a tag that no module knows.
    let tag: Tag?
    /// The event that sent it: what the news are as of.
    let event: Int64
    private let delivery: Delivery
    /// ``data()``, once it was read.
    private var known: JSON?

    init(_ delivery: Delivery) throws {
        guard let order = delivery.order, let event = try delivery.event?.number ?? Self.event(in: delivery.body) else {
            throw ModuleProblem("the message was not sent by an order")
        }
        self.order = order.description
        self.event = event
        self.delivery = delivery
        tag = delivery.tag.flatMap { Tag(rawValue: $0.string) }
    }

    /// The event that a body names: a dead letter that comes back is a copy, and says it nowhere else.
    private static func event(in body: [UInt8]) throws -> Int64? {
        guard let id = try JSON(reading: body)["id"]?.asText, id.hasPrefix("e") else { return nil }
        return Int64(id.dropFirst().prefix { $0 != "-" })
    }

    /// The data of the command that made the order send it.
    func data() throws -> JSON {
        if let known { return known }
        let data = try JSON(reading: delivery.body)["data"]?["data"] ?? .object([])
        known = data
        return data
    }

    /// Who buys: from the message's property, or from the data that placed the order; nil: the message does not say.
    func buyer() throws -> String? {
        if let buyer = delivery.properties["buyer"] { return buyer.string }
        return try data()["buyer"]?.asText
    }

    /// What is here of the buyer's money and not on its way back, in minor units; nil: the message does not say.
    func keptCents() throws -> Int64? {
        guard let text = delivery.properties["kept_cents"] else { return nil }
        guard let cents = Int64(text.string), cents >= 0 else {
            throw ModuleProblem("kept_cents is '\(text)', not an amount")
        }
        return cents
    }

    /// The coupon that the order has taken: from the message's property, or from the data that placed the order.
    func coupon() throws -> String? {
        if let coupon = delivery.properties["coupon"] { return coupon.string }
        return tag == .placed ? try data()["coupon"]?.asText : nil
    }

    /// What was ordered, each SKU and place once: from the lines of a standard order, or from an order of one item.
    func goods() throws -> [Goods] {
        let data = try data()
        let lines = data["lines"]?.elements ?? [data]
        var goods: [Goods] = []
        for line in lines {
            guard let sku = line["sku"]?.asText else { throw ModuleProblem("a line of the order names no SKU") }
            let location = line["at"]?.asText ?? ""
            let quantity = line["qty"] == nil ? 1 : try line.number(of: "qty", in: 0...Goods.quantityMax)
            if let index = goods.firstIndex(where: { $0.sku == sku && $0.location == location }) {
                goods[index].quantity = min(Goods.quantityMax, goods[index].quantity + quantity)
            } else {
                goods.append(Goods(sku: sku, location: location, quantity: quantity))
            }
        }
        return goods
    }
}

/// So many units of a SKU at a place.
public struct Goods: Hashable, Sendable {
    /// More of one SKU is not kept in a cart or taken from it.
    public static let quantityMax: Int64 = 1_000_000

    public var sku: String
    /// `""` when the shop has one place.
    public var location: String
    public var quantity: Int64

    public init(sku: String, location: String = "", quantity: Int64) {
        self.sku = sku
        self.location = location
        self.quantity = quantity
    }
}
