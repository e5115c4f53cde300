/// What people do when a family comes to its end: the provider answers, parcels arrive or not, goods are shipped or
/// given up. What becomes of an order follows from the seed and its name, so leaving out steps changes nothing else.
struct TradeClose {
    let seed: UInt64
    /// Commands that were tried, with the version that the order had.
    private var tried: Set<String> = []

    init(seed: UInt64) { self.seed = seed }

    /// A number from 0 to 99 that belongs to a name.
    private func fate(_ name: String) -> UInt64 {
        var hash = seed &* 0x9E37_79B9_7F4A_7C15 ^ 0xCBF2_9CE4_8422_2325
        for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        return (hash >> 32) % 100
    }

    private mutating func isNew(_ attempt: String) -> Bool { tried.insert(attempt).inserted }

    /// What is to be done now; nothing: only time can change something.
    mutating func steps(_ ledger: inout TradeLedger, _ picture: TradePicture) -> [TradeStep] {
        var steps: [TradeStep] = []
        for (key, refund) in ledger.refunds.sorted(by: { $0.key < $1.key })
        where !refund.isVoid && (!refund.isPaid || !refund.isAnswered) && isNew("\(key) ok") {
            steps.append(.bank(call: key, .ok))
        }
        for (id, order) in picture.orders.sorted(by: { $0.key < $1.key }) {
            for (payment, cents) in ledger.owed(id).sorted(by: { $0.key < $1.key }) {
                guard order.possible.contains("refund_again"), isNew("\(id) \(payment) \(order.version)") else {
                    continue
                }
                let data: [String: TradeFact] = ["payment": .text(payment), "amount_cents": .number(cents)]
                steps.append(.send(TradeCommand("refund_again", id, data)))
            }
            guard let command = command(id, order, &ledger, picture) else { continue }
            steps.append(.send(command))
        }
        return steps
    }

    private mutating func command(
        _ id: String, _ order: TradePicture.Order, _ ledger: inout TradeLedger, _ picture: TradePicture
    ) -> TradeCommand? {
        func attempt(_ name: String, _ data: [String: TradeFact] = [:]) -> TradeCommand? {
            guard order.possible.contains(name), isNew("\(id) \(name) \(order.version)") else {
                return nil
            }
            return TradeCommand(name, id, data)
        }
        switch (order.workflow, order.status) {
        case ("parcel", "on the way"):
            switch fate(id) {
            case 0..<75: return attempt("deliver")
            case 75..<88: return attempt("lose", ["reason": .text("gone")])
            default: return nil
            }
        case ("standard-order", "awaiting receipt"):
            let lost = ledger.accounts[id]?.parcels.first { $0.state == .lost }
            guard let lost else { return nil }
            switch fate(lost.name + id) {
            case 0..<40: return attempt("write_off", ["parcel": .text(lost.name), "reason": .text("gone")])
            case 40..<80:
                return attempt("send_again", ["parcel": .text(lost.name)])
                    ?? attempt("write_off", ["parcel": .text(lost.name), "reason": .text("gone")])
            default: return nil
            }
        case ("after-sale", "on the way back"):
            return fate(id) < 70 ? attempt("receive", takenBack(id, ledger)) : nil
        case (_, "awaiting shipment"), (_, "partly shipped"):
            let root = order.workflow == "standard-order"
            if fate(id) < 65 || order.status == "partly shipped" && fate(id) < 85 {
                return attempt("ship", shipment(id, ledger, withLines: root))
            }
            ledger.unshippable.insert(id)
            for name in TradeWord.waysBack {
                if let command = attempt(name, root || name == "withdraw" ? ["reason": .text("gone")] : [:]) {
                    return command
                }
            }
            return nil
        default: return nil
        }
    }

    private func shipment(_ id: String, _ ledger: TradeLedger, withLines: Bool) -> [String: TradeFact] {
        var data: [String: TradeFact] = [
            "parcel": .text("last \(ledger.accounts[id]?.parcels.count ?? 0)"), "carrier": .text("post"),
        ]
        guard withLines else { return data }
        let rest = (ledger.accounts[id]?.lines ?? [:]).sorted { $0.key < $1.key }
            .filter { $0.value.shipped < $0.value.count }
        data["lines"] = .list(rest.map { TradeUnits($0.key, $0.value.count - $0.value.shipped).fact })
        return data
    }

    private func takenBack(_ id: String, _ ledger: TradeLedger) -> [String: TradeFact] {
        let account = ledger.accounts[ledger.parents[id] ?? ""]
        let asked = account?.cases.first { $0.child == id }?.units ?? []
        let units = asked.map { TradeUnits($0.line, $0.count, at: account?.lines[$0.line]?.location ?? "") }
        return ["refund_cents": .number(0), "lines": .list(units.map(\.fact))]
    }
}
