extension TradeLedger {
    /// Takes up what became of a command.
    mutating func take(_ command: TradeCommand, _ verdict: TradeVerdict) {
        switch verdict {
        case .accepted: accept(command)
        case .repeated: break
        case .refused(let code): judgeRefusal(command, code)
        }
    }

    private mutating func accept(_ command: TradeCommand) {
        let (id, data) = (command.order, command.data)
        accounts[id]?.accepted.insert(command.name)
        switch command.name {
        case "place", "register", "open": place(command)
        case "pay": accounts[id]?.came[data["payment"]?.text ?? "", default: 0] += data["amount_cents"]?.number ?? 0
        case "approve":
            for part in data["payments"]?.list ?? [] {
                accounts[id]?.came[part["type"]?.text ?? "", default: 0] += part["value_cents"]?.number ?? 0
            }
        case "change_price": accounts[id]?.lines[data["line"]?.text ?? ""]?.price = data["price_cents"]?.number ?? 0
        case "postpone":
            accounts[id]?.opensAt = Int64(data["opens_at"]?.number ?? 0)
            accounts[id]?.closesAt = Int64(data["closes_at"]?.number ?? 0)
            pass(to: now, isOpen: true)
        case "change_email": accounts[id]?.email = data["email"]?.text
        case "confirm_email":
            guard data["email"]?.text != accounts[id]?.email else { return }
            find(.outOfOrder, id, "an address is confirmed that was changed: \(command.data)")
        case "cancel": cancelledNow.insert(id)
        case "ship": ship(command)
        case "confirm_receipt":
            // The word of the buyer.
            for index in accounts[id]?.parcels.indices ?? 0..<0 { accounts[id]?.arrive(index) }
        case "deliver", "lose": moveParcel(id, isHere: command.name == "deliver")
        case "send_again":
            let name = data["parcel"]?.text
            guard let index = accounts[id]?.parcels.lastIndex(where: { $0.name == name }) else { return }
            accounts[id]?.giveUp(index, isReplaced: true)
        case "refund_again":
            let (payment, cents) = (data["payment"]?.text ?? "", data["amount_cents"]?.number ?? 0)
            // What a person said to have failed is owed too, as far as the order can know.
            let failed = refunds(of: id).filter { ($0.isVoid || $0.isMistaken) && $0.payment == payment }
            let owed = failed.map(\.cents).reduce(0, +) - (askedAgain[id]?[payment] ?? 0)
            if owed < cents { find(.refundOfAnother, id, "\(cents) by \(payment), which owes \(owed)") }
            askedAgain[id, default: [:]][payment, default: 0] += cents
        case "refund": accounts[id]?.granted += data["amount_cents"]?.number ?? 0
        case "ask_return": openCase(command)
        case "receive": takeBack(command)
        default: break
        }
    }

    private mutating func place(_ command: TradeCommand) {
        accounts[command.order] = TradeAccount(placedBy: command)
        if command.name == "open" { groups[command.order] = command }
    }

    private mutating func ship(_ command: TradeCommand) {
        guard var account = accounts[command.order] else { return }
        let units =
            command.data["lines"].map { $0.list.compactMap(TradeUnits.init) }
            ?? account.lines.map { TradeUnits($0.key, $0.value.count) }
        for unit in units {
            account.lines[unit.line]?.shipped += unit.count
            if let row = account.lines[unit.line]?.row { shippedOut[row, default: 0] += unit.count }
        }
        account.parcels.append(TradeAccount.Parcel(name: command.data["parcel"]?.text ?? "", units: units))
        accounts[command.order] = account
        shippedNow.insert(command.order)
    }

    private mutating func moveParcel(_ child: String, isHere: Bool) {
        guard let root = parents[child],
            let index = accounts[root]?.parcels.firstIndex(where: { $0.child == child })
        else { return }
        if isHere { accounts[root]?.arrive(index) } else { accounts[root]?.parcels[index].state = .lost }
    }

    private mutating func openCase(_ command: TradeCommand) {
        guard let account = accounts[command.order] else { return }
        let units = (command.data["lines"]?.list ?? []).compactMap(TradeUnits.init)
        if !units.contains(where: { $0.count > 0 }) {
            find(.emptyReturn, command.order, "the return \(units.map(\.fact).map(TradeFact.object)) is opened")
        } else if !account.canReturn(units) {
            find(.unitsTwice, command.order, "\(units) of \(account.lines) with \(account.cases)")
        }
        accounts[command.order]?.cases.append(
            TradeAccount.Case(name: command.data["case"]?.text ?? "", units: units))
    }

    private mutating func takeBack(_ command: TradeCommand) {
        guard let root = parents[command.order] else { return }
        for unit in (command.data["lines"]?.list ?? []).compactMap(TradeUnits.init) {
            accounts[root]?.lines[unit.line]?.returned += unit.count
            guard let sku = accounts[root]?.lines[unit.line]?.sku else { continue }
            cameBack["\(sku)@\(unit.location ?? "")", default: 0] += unit.count
        }
        accounts[root]?.granted += command.data["refund_cents"]?.number ?? 0
    }

    // MARK: Refusals

    /// Money and goods that are there already cannot be refused.
    private mutating func judgeRefusal(_ command: TradeCommand, _ code: String) {
        guard let account = accounts[parents[command.order] ?? command.order] else { return }
        switch command.name {
        case "pay":
            let cents = command.data["amount_cents"]?.number ?? 0
            guard cents > 0, accounts[command.order] != nil, code != "key_reused" else { return }
            find(.moneyRefused, command.order, "a payment of \(cents) after \(account.came.count): \(code)")
        case "receive":
            let units = (command.data["lines"]?.list ?? []).compactMap(TradeUnits.init)
            let granted = command.data["refund_cents"]?.number ?? 0
            guard code != "not_possible", code != "key_reused", let root = parents[command.order],
                let asked = account.cases.first(where: { $0.child == command.order && $0.isOpen })?.units,
                units.map({ [$0.line: $0.count] }) == asked.map({ [$0.line: $0.count] }),
                granted <= kept(root), granted >= 0, !hasMistake(root), units.contains(where: { $0.count > 0 })
            else { return }
            find(.goodsRefused, command.order, "\(units) and \(granted) cents: \(code)")
        case "ask_return":
            let name = command.data["case"]?.text ?? ""
            guard account.parcels.contains(where: { $0.name == name }),
                !account.cases.contains(where: { $0.name == name }), account.status != "closed",
                account.canReturn((command.data["lines"]?.list ?? []).compactMap(TradeUnits.init))
            else { return }
            find(.caseRefused, command.order, "case \(name): \(code)")
        default: return
        }
    }
}
