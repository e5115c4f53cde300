extension TradeLedger {
    /// The rules of a family that has come to rest: nothing is held and nothing is owed.
    mutating func judgeRest(_ picture: TradePicture) {
        for (id, order) in picture.orders.sorted(by: { $0.key < $1.key }) {
            guard picture.isAtRest(id) else {
                find(.neverRests, id, "\(order.status), due \(order.due), calls until \(order.deadlines)")
                continue
            }
            judgeHoldings(id, order)
            judgeEnd(id, order)
        }
        judgeStock(picture)
    }

    private mutating func judgeHoldings(_ id: String, _ order: TradePicture.Order) {
        let isClosed = order.status.hasPrefix("closed")
        let isDone = isClosed || ["completed", "shipped"].contains(order.status)
        for (row, units) in order.reserved.sorted(by: { $0.key < $1.key }) where units > 0 {
            find(.heldAtRest, id, "\(units) of \(row), \(order.status)")
        }
        for (row, units) in order.sold.sorted(by: { $0.key < $1.key }) where units > 0 && isDone {
            // A coupon or a place within a limit stays used by an order that came about.
            let isGoods = !row.hasPrefix("coupon:") && !row.hasPrefix("limit:")
            if isGoods || isClosed { find(.heldAtRest, id, "\(units) of \(row) sold and not shipped, \(order.status)") }
        }
    }

    private mutating func judgeEnd(_ id: String, _ order: TradePicture.Order) {
        let isStuck =
            switch order.workflow {
            case "parcel": !["delivered", "missing", "lost"].contains(order.status)
            case "after-sale": !["returned", "closed"].contains(order.status)
            case "group-buy": !["complete", "failed"].contains(order.status)
            case "member-registration": order.status == "unconfirmed"
            case "olist-order": false
            default: fairlyKept(id) == nil
            }
        if order.workflow == "after-sale", isStuck { return find(.returnNeverEnds, id, "it is \(order.status)") }
        if isStuck { return find(.neverRests, id, "nothing pends, and it is \(order.status)") }
        if let fair = fairlyKept(id), !hasMistake(id) { judgeMoney(id, fair) }
    }

    /// What the shop may keep of an order with its status; nil: it cannot end there.
    private func fairlyKept(_ id: String) -> ClosedRange<Int>? {
        guard let account = accounts[id] else { return 0...0 }
        switch account.status {
        case "closed": return 0...0
        case "closed, deposit kept": return account.deposit - account.granted...account.deposit - account.granted
        case "awaiting shipment", "shipped":
            let price = account.price - account.granted
            return account.status == "shipped" ? price...price : unshippable.contains(id) ? 0...0 : nil
        case "completed": return fairPrice(account)
        default: return nil
        }
    }

    private func fairPrice(_ account: TradeAccount) -> ClosedRange<Int> {
        let extra = account.paysFullPrice ? account.discount : 0
        let full = max(0, account.price + extra) - account.granted
        let isWhole = !account.isPartlyCancelled && account.lines.values.allSatisfy { $0.lost == 0 }
        if isWhole { return full...full }
        // The shop decides how a discount is split over what was shipped and what was not.
        let high = max(0, account.shippedPrice + account.freight - account.granted)
        return min(account.leastPrice - account.granted, high)...high
    }

    private mutating func judgeMoney(_ id: String, _ fair: ClosedRange<Int>) {
        guard let account = accounts[id] else { return }
        let kept = kept(id)
        if account.status == "closed, deposit kept", !account.hadWindow || account.balance == 0 {
            find(.depositLost, id, "\(account.deposit), window \(account.opensAt) to \(account.closesAt)")
        }
        let void = refunds(of: id).filter(\.isVoid).map(\.cents).reduce(0, +)
        let detail = "\(kept) of \(account.cameInAll) stay, fair is \(fair), \(account.status)"
        if kept > fair.upperBound {
            if unshippable.contains(id), account.status == "awaiting shipment" {
                find(.noWayBack, id, detail)
            } else {
                find(kept - void <= fair.upperBound ? .refundNeverAgain : .owed, id, detail)
            }
        }
        if kept < fair.lowerBound { find(.moneyGone, id, detail) }
        // A share of some cents may be rounded away.
        let isPaid = account.cameInAll > 0 && account.shippedPrice > 0 && account.fairShare > account.lines.count
        if isPaid, kept + account.granted <= 0 { find(.goodsForNothing, id, detail) }
    }

    /// Each row: what was received is free, held, or gone to buyers and not back.
    private mutating func judgeStock(_ picture: TradePicture) {
        for (row, level) in picture.stock.sorted(by: { $0.key < $1.key }) {
            let reserved = picture.orders.values.map { $0.reserved[row] ?? 0 }.reduce(0, +)
            let sold = picture.orders.values.map { $0.sold[row] ?? 0 }.reduce(0, +)
            let away = (shippedOut[row] ?? 0) - (cameBack[row] ?? 0)
            let free = (received[row] ?? 0) - reserved - sold - away
            guard level.free != free || level.reserved != reserved else { continue }
            find(.stockWrong, row, "\(level), expected \(free) free, \(reserved) reserved, \(sold) sold, \(away) away")
        }
    }
}
