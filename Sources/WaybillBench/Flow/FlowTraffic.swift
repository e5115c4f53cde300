import WaybillCore
import WaybillTimeouts

/// Orders of the standard workflow by number: the same number, the same order. Goods and buyers are those of
/// ``OrderTraffic``; every fourth order spends a coupon.
struct FlowTraffic: Sendable {
    private static let couponCents: Int64 = 50
    private static let payWithinMilliseconds: Int64 = 3_600_000

    let goods: OrderTraffic

    func id(_ number: Int) -> OrderID { goods.id(number) }

    func buyer(_ number: Int) -> String { "buyer-\(Self.draw(number, for: 0xB0B) % UInt64(OrderTraffic.buyerCount))" }

    /// The coupon that an order spends, or nil.
    func coupon(_ number: Int) -> String? { number % 4 == 0 ? "C\(number)" : nil }

    /// The command that places an order.
    func place(_ number: Int) -> Command {
        let coupon = coupon(number)
        var writer = JSONWriter(capacity: 320)
        writer.beginObject()
        Self.put("shop", "shop-7", &writer)
        Self.put("buyer", buyer(number), &writer)
        if let coupon { Self.put("coupon", coupon, &writer) }
        Self.put("pay_within", Self.payWithinMilliseconds, &writer)
        Self.put("freight_cents", 490, &writer)
        Self.put("discount_cents", coupon == nil ? 0 : Self.couponCents, &writer)
        writer.key("lines")
        writer.beginArray()
        for (index, line) in goods.lines(number).enumerated() {
            writer.beginObject()
            Self.put("line", "\(index + 1)", &writer)
            Self.put("sku", OrderTraffic.sku(line.sku).description, &writer)
            Self.put("at", "", &writer)
            Self.put("qty", line.quantity, &writer)
            Self.put("price_cents", line.priceCents, &writer)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        let key = Self.draw(number, for: 0xCAFE)
        return Command(
            order: id(number), name: "place", data: writer.bytes, workflow: "standard-order", role: "buyer",
            key: Text("\(goods.prefix)-\(String(key, radix: 16))"), caller: "shop-7")
    }

    /// The command that pays an order in full.
    func pay(_ number: Int) -> Command {
        let discount = coupon(number) == nil ? 0 : Self.couponCents
        let total = goods.lines(number).reduce(490) { $0 + $1.quantity * $1.priceCents } - discount
        var writer = JSONWriter(capacity: 96)
        writer.beginObject()
        Self.put("payment", "payment-\(number)", &writer)
        Self.put("channel", "card", &writer)
        Self.put("amount_cents", total, &writer)
        writer.endObject()
        return Command(order: id(number), name: "pay", data: writer.bytes, role: "payments", caller: "payments")
    }

    private static func put(_ key: StaticString, _ value: String, _ writer: inout JSONWriter) {
        writer.key(key)
        writer.text(Text(value))
    }

    private static func put(_ key: StaticString, _ value: Int64, _ writer: inout JSONWriter) {
        writer.key(key)
        writer.int(value)
    }

    /// A random number of an order, for one purpose.
    private static func draw(_ number: Int, for purpose: UInt64) -> UInt64 {
        var generator = SeededGenerator(seed: UInt64(truncatingIfNeeded: number) ^ purpose)
        return generator.next()
    }
}
