/// Faults about money that were found by hand, step by step: the earlier texts come to them, the shipped ones must not.
struct TradeStory: Sendable, CustomStringConvertible {
    let fault: TradeFault
    let shape: TradeShape
    let steps: [TradeStep]

    var description: String { fault.rawValue }

    private static let day: Int64 = 86_400_000

    static let all: [TradeStory] = [
        TradeStory(
            fault: .refundTwice, shape: .standard,
            steps: [
                place("o-1", [("a", 1, 1_000)]), pay("o-1", "p1", 1_500), .pass(milliseconds: day),
                .send(TradeCommand("cancel", "o-1", ["reason": .text("by lot")])),
            ]),
        TradeStory(
            fault: .goodsForNothing, shape: .standard,
            steps: [
                place("o-1", [("a", 1, 400), ("b", 1, 1_400)], discount: 900), pay("o-1", "p1", 900), ship("o-1", "a"),
                .send(TradeCommand("cancel", "o-1", ["reason": .text("by lot")])),
            ]),
        TradeStory(
            fault: .couponTwice, shape: .standard,
            steps: [
                place("o-1", [("a", 1, 400)], discount: 100, coupon: "SPRING", within: "1ms"), .pass(milliseconds: 1),
                place("o-2", [("a", 1, 400)], discount: 100, coupon: "SPRING", within: "1ms"), .pass(milliseconds: 1),
                pay("o-1", "p1", 300), pay("o-2", "p2", 300),
            ]),
        TradeStory(
            fault: .completedWithoutGoods, shape: .standard,
            steps: [
                place("o-1", [("a", 1, 400)]), pay("o-1", "p1", 400), ship("o-1", "a"), .pass(milliseconds: 30 * day),
            ]),
        TradeStory(
            fault: .depositLost, shape: .preSale,
            steps: [
                .send(
                    TradeCommand(
                        "place", "o-1",
                        [
                            "buyer": .text("ann"), "sku": .text("mug"), "at": .text("n"), "qty": .number(1),
                            "deposit_cents": .number(100), "balance_cents": .number(900),
                            "opens_at": .number(Int(TradeSubject.start + day)),
                            "closes_at": .number(Int(TradeSubject.start + 2 * day)),
                        ], workflow: "pre-sale")),
                .send(TradeCommand("pay", "o-1", ["payment": .text("p1"), "amount_cents": .number(100)])),
                .send(
                    TradeCommand(
                        "postpone", "o-1",
                        [
                            "opens_at": .number(Int(TradeSubject.start - 2 * day)),
                            "closes_at": .number(Int(TradeSubject.start - day)),
                        ])),
                .pass(milliseconds: day),
            ]),
    ]

    private static func place(
        _ id: String, _ lines: [(name: String, count: Int, cents: Int)], discount: Int = 0, coupon: String? = nil,
        within: String = "30m"
    ) -> TradeStep {
        var data: [String: TradeFact] = [
            "shop": .text("s"), "buyer": .text("ann"), "pay_within": .text(within), "freight_cents": .number(0),
            "discount_cents": .number(discount),
            "lines": .list(
                lines.map { line in
                    [
                        "line": .text(line.name), "sku": .text("mug"), "at": .text("n"), "qty": .number(line.count),
                        "price_cents": .number(line.cents),
                    ]
                }),
        ]
        if let coupon { data["coupon"] = .text(coupon) }
        return .send(TradeCommand("place", id, data, workflow: "standard-order"))
    }

    private static func pay(_ id: String, _ payment: String, _ cents: Int) -> TradeStep {
        .send(
            TradeCommand(
                "pay", id, ["payment": .text(payment), "channel": .text("card"), "amount_cents": .number(cents)]))
    }

    private static func ship(_ id: String, _ line: String) -> TradeStep {
        let data: [String: TradeFact] = [
            "parcel": .text("x1"), "carrier": .text("post"), "lines": .list([TradeUnits(line, 1).fact]),
        ]
        return .send(TradeCommand("ship", id, data))
    }
}
