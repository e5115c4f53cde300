import Testing
import WaybillCore

/// What a real order asks of the language, from derived totals to splitting a refund over the payments.
@Suite struct `The expressions of a standard order` {
    private static let line = Shop.record(
        ("line", .text), ("sku", .text), ("at", .text), ("qty", .number(.count)), ("price_cents", .number(.cents)),
        ("shipped", .number(.count)), ("signed", .number(.count)), ("returned", .number(.count)))
    private static let payment = Shop.record(
        ("payment", .text), ("captured", .number(.cents)), ("refunding", .number(.cents)), ("refunded", .number(.cents))
    )
    private static let names = NameScope(
        context: Shop.record(
            ("pay_within", .number(.duration)), ("freight_cents", .number(.cents)), ("discount_cents", .number(.cents)),
            ("lines", .list(of: line, countMax: 200, keyed: true)),
            ("payments", .list(of: payment, countMax: 50, keyed: true)), optional: ("coupon", .text)),
        event: Shop.record(("amount_cents", .number(.cents)), ("case", .text)), states: ["", "money", "money.paid"])

    private static func scope() -> Scope {
        func line(_ key: Text, _ qty: Int64, _ price: Int64, shipped: Int64) -> Value {
            .record([.text(key), .text("sku"), .text(""), .int(qty), .int(price), .int(shipped), .int(0), .int(0)])
        }
        func payment(_ key: Text, _ captured: Int64, refunded: Int64) -> Value {
            .record([.text(key), .int(captured), .int(0), .int(refunded)])
        }
        return Scope(
            context: [
                .int(1_800_000), .int(600), .int(100),
                .list([line("a", 2, 1_000, shipped: 2), line("b", 1, 500, shipped: 0)]),
                .list([
                    payment("card", 1_000, refunded: 1_000), payment("points", 667, refunded: 0),
                    payment("cash", 1_333, refunded: 0),
                ]), .null,
            ],
            event: [.int(100), .text("c1")], now: Moment(milliseconds: 0), orderID: "o", version: 2,
            placedAt: Moment(milliseconds: 0))
    }

    @Test(
        arguments: [
            ("SUM(l IN lines: l.qty * l.price_cents) + freight_cents - discount_cents", .int(3_000)),
            ("SUM(p IN payments: p.captured - p.refunding - p.refunded)", .int(2_000)),
            ("EVERY(l IN lines: l.returned <= l.signed AND l.signed <= l.shipped AND l.shipped <= l.qty)", .bool(true)),
            ("EVERY(p IN payments: p.refunding + p.refunded <= p.captured)", .bool(true)),
            ("EVERY(l IN lines: l.shipped = l.qty)", .bool(false)), ("ANY(l IN lines: l.shipped > 0)", .bool(true)),
            (
                "CASE WHEN IN_STATE('money.paid') THEN 'awaiting shipment' ELSE 'awaiting payment' END",
                .text("awaiting payment")
            ),
            ("coupon IS NOT NULL", .bool(false)), ("'coupon:' || coupon", .null), ("pay_within + 30m", .int(3_600_000)),
            ("event.case", .text("c1")), ("lines['b'].qty", .int(1)),
            (
                "ALLOCATE(event.amount_cents OVER payments BY captured - refunding - refunded)",
                .list([.record([.text("points"), .int(33)]), .record([.text("cash"), .int(67)])])
            ),
        ] as [(String, Value)])
    func `have the values that a shop expects`(text: String, expected: Value) throws {
        var scope = Self.scope()
        #expect(try evaluate(checkExpression(text, in: Self.names).expression, in: &scope) == expected)
    }

    @Test func `can be assigned to, by the shape of a path`() throws {
        var names = Self.names
        names.bound = [
            NameScope.Bound(name: "part", type: .record(Shop.record(("key", .text), ("amount", .number(.cents)))))
        ]
        let target = try checkExpression("payments[part.key].refunding", in: names)
        #expect(target.expression == .member(.element(.context(4), key: .member(.bound(0), 0)), 2))
        #expect(target.type == .number(.cents))
    }
}
