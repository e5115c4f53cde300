/// Draws what happens to a family: mostly sensible steps, some beside a border, some that people get wrong.
struct TradeLot {
    var dice: Dice
    let shape: TradeShape
    var rootCount = 0
    var paymentCount = 0
    var nameCount = 0
    private var hasBurst = false
    let temper: Temper

    /// What a family does more than others: some faults need several rare steps one after the other.
    enum Temper: CaseIterable {
        case mixed
        /// It pays what is due, and sends much of it back.
        case returning
        /// It pays when the time is over, with one coupon for all orders.
        case late
        /// It pays too much, and cancels when refunds have been under way for a day.
        case generous
        /// It pays up to the limits and beyond.
        case countless
    }

    static let rootsMax = 3

    init(seed: UInt64) {
        dice = Dice(state: seed)
        shape = TradeShape(seed: seed)
        let tempers: [Temper] = [.mixed, .mixed, .mixed, .returning, .returning, .late, .generous, .generous]
        temper = dice.isTrue(percent: 5) ? .countless : tempers[Int(dice.number(0...7))]
    }

    mutating func next(_ ledger: TradeLedger, _ picture: TradePicture) -> TradeStep {
        if rootCount == 0 || (rootCount < Self.rootsMax && dice.isTrue(percent: temper == .late ? 20 : 6)) {
            return place(ledger)
        }
        if temper == .countless, shape.hasRefunds, !hasBurst, dice.isTrue(percent: 25) {
            hasBurst = true
            return .burst(order: payable(picture), count: Int(dice.number(21...70)), cents: Int(dice.number(1...30)))
        }
        switch dice.number(1...100) {
        case 1...60: return command(ledger, picture)
        case 61...68: return temper == .generous ? .pass(milliseconds: 86_400_000) : bank(ledger)
        case 69...71: return person(ledger)
        case 72...82: return .border(offset: dice.number(-1...1))
        case 83...94: return .pass(milliseconds: pause())
        case 95...97: return .stop(milliseconds: pause())
        default: return .crash(milliseconds: pause())
        }
    }

    private mutating func pause() -> Int64 {
        switch dice.number(1...10) {
        case 1...4: dice.number(0...600_000)
        case 5...7: dice.number(0...86_400_000)
        case 8: 86_400_000
        default: dice.number(0...864_000_000)
        }
    }

    // MARK: Commands

    /// A command that an order of the family may take, or now and then one that it may not.
    private mutating func command(_ ledger: TradeLedger, _ picture: TradePicture) -> TradeStep {
        var wishes: [(id: String, name: String, weight: Int64)] = []
        let strays = dice.isTrue(percent: 8)
        for (id, order) in picture.orders.sorted(by: { $0.key < $1.key }) {
            let names = strays ? TradeWord.known(order.workflow) : order.possible.filter { TradeWord.isKnown($0) }
            for name in names {
                let weight = TradeWord.weight(name) * factor(name)
                wishes.append((id, name, hasSense(name, order, ledger.accounts[id]) ? weight : weight / 12))
            }
        }
        let sum = wishes.map(\.weight).reduce(0, +)
        guard sum > 0 else { return .pass(milliseconds: pause()) }
        var left = dice.number(1...sum)
        for wish in wishes {
            left -= wish.weight
            if left <= 0, wish.weight > 0 {
                return .send(TradeCommand(wish.name, wish.id, data(wish.name, wish.id, ledger, picture)))
            }
        }
        return .pass(milliseconds: pause())
    }

    /// Whether it is the time for it: the rest is what people get wrong.
    private func hasSense(_ name: String, _ order: TradePicture.Order, _ account: TradeAccount?) -> Bool {
        switch name {
        case "ask_return": account?.lines.keys.contains { account?.returnable($0) ?? 0 > 0 } ?? false
        case "ship": order.status == "awaiting shipment" || order.status == "partly shipped"
        case "pay" where temper == .returning: order.status.hasPrefix("awaiting")
        default: true
        }
    }

    private func factor(_ name: String) -> Int64 {
        switch (temper, name) {
        case (.returning, "ask_return"), (.returning, "receive"), (.returning, "deliver"), (.returning, "send_back"): 8
        case (.returning, "cancel"), (.returning, "lose"), (.returning, "reject"): 0
        case (.generous, "cancel"), (.generous, "withdraw"): 4
        default: 1
        }
    }

    private mutating func payable(_ picture: TradePicture) -> String {
        let ids = picture.orders.filter { $0.value.possible.contains("pay") }.keys.sorted()
        return ids.isEmpty ? "o-1" : ids[pick(ids.count)]
    }

    // MARK: Answers

    private mutating func bank(_ ledger: TradeLedger) -> TradeStep {
        guard let key = anyCall(ledger) else { return .pass(milliseconds: pause()) }
        let answers: [TradeAnswer] = [.pays, .ok, .ok, .failed]
        return .bank(call: key, answers[pick(4)])
    }

    private mutating func person(_ ledger: TradeLedger) -> TradeStep {
        guard let key = anyCall(ledger) else { return .pass(milliseconds: pause()) }
        return .person(call: key, dice.isTrue(percent: 50) ? .ok : .failed)
    }

    /// Mostly one that is not answered; now and then one of long ago.
    private mutating func anyCall(_ ledger: TradeLedger) -> String? {
        let open = ledger.refunds.filter { !$0.value.isAnswered }.keys.sorted()
        let keys = open.isEmpty || dice.isTrue(percent: 15) ? ledger.refunds.keys.sorted() : open
        return keys.isEmpty ? nil : keys[pick(keys.count)]
    }

    mutating func pick(_ count: Int) -> Int { Int(dice.number(0...Int64(count - 1))) }

    mutating func newName(_ letter: String) -> String {
        nameCount += 1
        return "\(letter)\(nameCount)"
    }
}
