extension TradeLot {
    /// The data of a command: right mostly, else wrong in the ways of people.
    mutating func data(
        _ name: String, _ id: String, _ ledger: TradeLedger, _ picture: TradePicture
    ) -> [String: TradeFact] {
        let workflow = picture.orders[id]?.workflow ?? ""
        switch name {
        case "pay": return payment(id, ledger, withChannel: workflow == "standard-order" || workflow == "group-member")
        case "change_price":
            return [
                "line": .text(dice.isTrue(percent: 80) ? "a" : "b"), "price_cents": .number(Int(dice.number(0...900))),
            ]
        case "ship": return shipping(id, ledger, withLines: workflow == "standard-order")
        case "extend_receipt":
            let times = ["72h", "72h", "1ms", "0s", "4000d"]
            return ["by": .text(times[pick(times.count)])]
        case "ask_return": return asking(id, ledger)
        case "write_off", "send_again":
            let parcels = ledger.accounts[id]?.parcels ?? []
            let lost = parcels.filter { $0.state == .lost }
            let parcel = (lost.isEmpty ? parcels : lost).last?.name ?? "x1"
            return name == "write_off" ? ["parcel": .text(parcel), "reason": .text("gone")] : ["parcel": .text(parcel)]
        case "refund":
            return [
                "refund": .text(newName("r")), "amount_cents": .number(Int(dice.number(0...300))),
                "reason": .text("by lot"),
            ]
        case "refund_again": return failedRefund(of: id, ledger)
        case "scan": return ["place": .text("hub")]
        case "send_back": return ["carrier": .text("post"), "parcel": .text("back")]
        case "receive": return receiving(id, ledger)
        case "postpone": return postponing(id, ledger)
        case "join":
            let member = newName("m")
            return ["member": .text(member), "buyer": .text(dice.isTrue(percent: 80) ? "buyer of \(member)" : "ann")]
        case "confirm_email", "change_email": return ["email": .text(dice.isTrue(percent: 70) ? "a@x" : "b@x")]
        case "approve" where workflow == "olist-order":
            return [
                "payments": .list([["type": .text("card"), "installments": .number(1), "value_cents": .number(500)]])
            ]
        case "cancel" where workflow == "standard-order", "withdraw" where workflow != "after-sale", "reject", "lose",
            "call_off":
            return ["reason": .text("by lot")]
        default: return [:]
        }
    }

    /// What is missing mostly, to the cent, or one cent beside it; half of it; nothing; a payment of before.
    private mutating func payment(_ id: String, _ ledger: TradeLedger, withChannel: Bool) -> [String: TradeFact] {
        let account = ledger.accounts[id]
        let price = account?.price ?? 500
        var due = max(0, price - ledger.kept(id))
        if let account, account.workflow == "pre-sale" {
            due = account.status == "awaiting deposit" ? account.deposit : account.balance
        }
        let amounts = [
            due, due, due, due, price, price, due - 1, due + 1, due / 2, price / 3, price + 200,
            price + (account?.discount ?? 0), dice.isTrue(percent: 30) ? 0 : price,
        ]
        var cents = max(0, amounts[pick(amounts.count)])
        if temper == .returning, dice.isTrue(percent: 80) { cents = due }
        if temper == .late, dice.isTrue(percent: 70) { cents = price }
        if temper == .generous, dice.isTrue(percent: 50) {
            cents = account?.workflow == "standard-order" ? price + 100 : due
        }
        if paymentCount == 0 || dice.isTrue(percent: 92) { paymentCount += 1 }
        var data: [String: TradeFact] = [
            "payment": .text("p\(paymentCount)"), "amount_cents": .number(cents),
        ]
        if withChannel { data["channel"] = .text("card") }
        return data
    }

    /// A refund that failed, as a whole; now and then one that did not, or another amount.
    private mutating func failedRefund(of id: String, _ ledger: TradeLedger) -> [String: TradeFact] {
        let failed = ledger.owed(id)
        let payment = failed.keys.sorted().first ?? "p1"
        let cents = dice.isTrue(percent: 85) ? failed[payment] ?? 100 : Int(dice.number(0...900))
        return ["payment": .text(payment), "amount_cents": .number(cents)]
    }

    private mutating func shipping(_ id: String, _ ledger: TradeLedger, withLines: Bool) -> [String: TradeFact] {
        var data: [String: TradeFact] = ["parcel": .text(newName("x")), "carrier": .text("post")]
        guard withLines else { return data }
        var units: [TradeUnits] = []
        for (line, state) in (ledger.accounts[id]?.lines ?? [:]).sorted(by: { $0.key < $1.key }) {
            let rest = state.count - state.shipped
            if rest > 0, dice.isTrue(percent: 75) { units.append(TradeUnits(line, Int(dice.number(1...Int64(rest))))) }
        }
        if dice.isTrue(percent: 3) { units.append(TradeUnits("a", Int(dice.number(0...2)))) }
        data["lines"] = .list(units.map(\.fact))
        return data
    }

    /// What arrived, or more of it, nothing, the same twice, or units that another return has already.
    private mutating func asking(_ id: String, _ ledger: TradeLedger) -> [String: TradeFact] {
        let account = ledger.accounts[id]
        var units: [TradeUnits] = []
        for (line, state) in (account?.lines ?? [:]).sorted(by: { $0.key < $1.key }) {
            let there = dice.isTrue(percent: 70) ? account?.returnable(line) ?? 0 : state.arrived
            if there > 0 { units.append(TradeUnits(line, Int(dice.number(1...Int64(there))))) }
        }
        if units.isEmpty { units = [TradeUnits("a", 1)] }
        if dice.isTrue(percent: 8), let first = units.first { units.append(first) }
        if dice.isTrue(percent: 5) { units = [] }
        if dice.isTrue(percent: 3) { units = [TradeUnits("a", 0)] }
        let parcels = account?.parcels.map(\.name) ?? []
        let number = dice.isTrue(percent: 15) && !parcels.isEmpty ? parcels[pick(parcels.count)] : newName("c")
        return ["case": .text(number), "kind": .text("broken"), "lines": .list(units.map(\.fact))]
    }

    /// What the return is about, for a part of the money, at the place of the line or at another one.
    private mutating func receiving(_ id: String, _ ledger: TradeLedger) -> [String: TradeFact] {
        let root = ledger.parents[id] ?? ""
        let account = ledger.accounts[root]
        let asked = account?.cases.first { $0.child == id }?.units ?? []
        var units = asked.map { TradeUnits($0.line, $0.count, at: account?.lines[$0.line]?.location ?? "") }
        if dice.isTrue(percent: 30) { for index in units.indices { units[index].location = "n" } }
        if dice.isTrue(percent: 10), let first = units.first { units[0].count = max(0, first.count - 1) }
        let value = asked.map { ($0.count) * (account?.lines[$0.line]?.price ?? 0) }.reduce(0, +)
        let amounts = [0, value, value, value / 2, min(value, max(0, ledger.kept(root))), ledger.kept(root) + 1]
        return ["refund_cents": .number(max(0, amounts[pick(amounts.count)])), "lines": .list(units.map(\.fact))]
    }

    /// Later, now and then at once, over already, or the wrong way round.
    private mutating func postponing(_ id: String, _ ledger: TradeLedger) -> [String: TradeFact] {
        let now = ledger.now
        let hour: Int64 = 3_600_000
        let spans = [
            (now + 24 * hour, now + 48 * hour), (now + hour, now + 2 * hour), (now - hour, now + hour),
            (now - 2 * hour, now - hour), (now, now + 1), (now + 2 * hour, now + hour),
        ]
        let span = spans[pick(spans.count)]
        return ["opens_at": .number(Int(span.0)), "closes_at": .number(Int(span.1))]
    }
}
