extension TradeLot {
    /// Another order of the family.
    mutating func place(_ ledger: TradeLedger) -> TradeStep {
        rootCount += 1
        let id = "o-\(rootCount)"
        switch shape {
        case .standard: return .send(TradeCommand("place", id, standard(), workflow: shape.root))
        case .flash:
            let data: [String: TradeFact] = [
                "buyer": .text(dice.isTrue(percent: 60) ? "ann" : "ben"), "sku": .text("mug"), "at": .text("n"),
                "price_cents": .number(Int(dice.number(1...9)) * 100), "limit": .number(Int(dice.number(1...2))),
            ]
            return .send(TradeCommand("place", id, data, workflow: shape.root))
        case .preSale: return .send(TradeCommand("place", id, preSale(ledger.now), workflow: shape.root))
        case .group:
            let needed = Int(dice.number(1...3))
            let data: [String: TradeFact] = [
                "shop": .text("s"), "sku": .text("mug"), "at": .text("n"), "price_cents": .number(700),
                "needed": .number(needed), "places": .number(needed + Int(dice.number(0...2))),
                "within": .text(["24h", "24h", "72h", "16m"][pick(4)]),
            ]
            return .send(TradeCommand("open", id, data, workflow: shape.root))
        case .member:
            let data: [String: TradeFact] = ["member": .text(id), "email": .text("a@x")]
            return .send(TradeCommand("register", id, data, workflow: shape.root))
        case .marketplace:
            let item: [String: TradeFact] = [
                "product": .text("mug"), "seller": .text("s"), "price_cents": .number(500),
                "freight_cents": .number(50), "shipping_limit": .number(Int(ledger.now)),
            ]
            let data: [String: TradeFact] = [
                "customer": .text("ann"), "estimated_delivery": .number(Int(ledger.now)), "items": .list([item]),
            ]
            return .send(TradeCommand("place", id, data, workflow: shape.root))
        }
    }

    private mutating func standard() -> [String: TradeFact] {
        var lines: [[String: TradeFact]] = [line("a", "mug", dice.isTrue(percent: 50) ? "" : "n")]
        if dice.isTrue(percent: 45) { lines.append(line("b", "cup", "n")) }
        let goods = lines.map { ($0["qty"]?.number ?? 0) * ($0["price_cents"]?.number ?? 0) }.reduce(0, +)
        let times = ["30m", "30m", "30m", "30m", "1ms", "2h", "0s", "4000d"]
        let time = temper == .late ? "1ms" : times[pick(times.count)]
        var data: [String: TradeFact] = [
            "shop": .text("s"), "buyer": .text("ann"), "pay_within": .text(time),
            "freight_cents": .number(dice.isTrue(percent: 50) ? 0 : 50), "discount_cents": .number(0),
            "lines": .list(lines),
        ]
        if dice.isTrue(percent: temper == .late ? 90 : 30) {
            data["coupon"] = .text("SPRING")
            data["discount_cents"] = .number(min(100, goods))
        } else if dice.isTrue(percent: 35) {
            data["discount_cents"] = .number([goods / 2, goods - 1, goods, 70][pick(4)])
        }
        return data
    }

    private mutating func line(_ name: String, _ sku: String, _ location: String) -> [String: TradeFact] {
        [
            "line": .text(name), "sku": .text(sku), "at": .text(location), "qty": .number(Int(dice.number(1...2))),
            "price_cents": .number(Int(dice.number(1...9)) * 100),
        ]
    }

    private mutating func preSale(_ now: Int64) -> [String: TradeFact] {
        let hour: Int64 = 3_600_000
        let opens = now + dice.number(0...3) * 12 * hour
        let closes = opens + (dice.isTrue(percent: 90) ? dice.number(1...48) * hour : 1)
        return [
            "buyer": .text("ann"), "sku": .text("mug"), "at": .text("n"), "qty": .number(Int(dice.number(1...2))),
            "deposit_cents": .number(Int(dice.number(1...3)) * 100),
            "balance_cents": .number(dice.isTrue(percent: 90) ? Int(dice.number(1...9)) * 100 : 0),
            "opens_at": .number(Int(opens)), "closes_at": .number(Int(closes)),
        ]
    }
}
