extension TradeLedger {
    /// Compares with what is seen after a step.
    mutating func notice(_ picture: TradePicture) {
        for asked in picture.asked { notice(asked) }
        for (id, order) in picture.orders.sorted(by: { $0.key < $1.key }) {
            notice(order, id, picture)
        }
        for id in shippedNow.sorted() { judgeShipping(id) }
        shippedNow = []
        cancelledNow = []
        judgeCoupons()
        judgeLimits()
        pass(to: now, isOpen: true)
    }

    private mutating func notice(_ asked: TradePicture.Asked) {
        if let earlier = refunds[asked.key] {
            guard earlier.payment == asked.payment, earlier.cents == asked.cents, earlier.order == asked.order else {
                return find(.requestChanged, asked.order, "\(asked) after \(earlier)")
            }
            return
        }
        refunds[asked.key] = TradeRefund(order: asked.order, payment: asked.payment, cents: asked.cents)
    }

    private mutating func notice(_ order: TradePicture.Order, _ id: String, _ picture: TradePicture) {
        for child in order.children where parents[child] == nil {
            guard let workflow = picture.orders[child]?.workflow else { continue }
            adopt(child, workflow, by: id)
        }
        guard var account = accounts[id] else { return }
        for index in account.cases.indices {
            guard let child = account.cases[index].child, let seen = picture.orders[child] else { continue }
            account.cases[index].isOpen = seen.status != "closed" && seen.status != "returned"
        }
        for index in account.parcels.indices {
            guard let child = account.parcels[index].child else { continue }
            let status = picture.orders[child]?.status
            if status == "missing", account.parcels[index].state == .onTheWay { account.parcels[index].state = .lost }
            if status == "lost" { account.giveUp(index, isReplaced: false) }
        }
        let wasUnpaid = account.status == "awaiting payment" || account.status == "closed" || account.status.isEmpty
        // A window that is only open for a moment is none, unless the buyer used that moment to cancel.
        if account.status == "awaiting balance", cancelledNow.contains(id) { account.hadWindow = true }
        if order.status == "awaiting balance", let due = order.due.max(), due - now >= 60_000 {
            account.hadWindow = true
        }
        account.status = order.status
        if cancelledNow.contains(id), account.workflow == "standard-order", order.status != "closed" {
            account.isPartlyCancelled = true
            account.fairShare = account.price * account.shippedPrice / max(1, account.goodsPrice)
            for line in account.lines.keys {
                let shipped = account.lines[line]?.shipped ?? 0
                account.lines[line]?.count = shipped
            }
        }
        if account.workflow == "standard-order", wasUnpaid, !["awaiting payment", "closed"].contains(order.status) {
            let here = kept(id) - owed(id).values.reduce(0, +)
            account.paysFullPrice = account.coupon != nil && here >= account.price + account.discount
        }
        let isPaid = account.workflow == "standard-order" && !["awaiting payment", "closed"].contains(order.status)
        account.enjoysCoupon = isPaid && account.coupon != nil && account.discount > 0 && !account.paysFullPrice
        accounts[id] = account
        judgeCompletion(id, account)
    }

    /// A new child belongs to what the parent was asked for last.
    private mutating func adopt(_ child: String, _ workflow: String, by id: String) {
        parents[child] = id
        switch workflow {
        case "parcel":
            guard let index = accounts[id]?.parcels.firstIndex(where: { $0.child == nil }) else { return }
            accounts[id]?.parcels[index].child = child
        case "after-sale":
            guard let index = accounts[id]?.cases.firstIndex(where: { $0.child == nil }) else { return }
            accounts[id]?.cases[index].child = child
        case "group-member":
            guard let group = groups[id] else { return }
            accounts[child] = TradeAccount(memberOf: group)
        default: return
        }
    }

    // MARK: Rules at any time

    private mutating func judgeCompletion(_ id: String, _ account: TradeAccount) {
        switch (account.workflow, account.status) {
        case ("standard-order", "completed"):
            for parcel in account.parcels where parcel.state == .onTheWay || parcel.state == .lost {
                guard parcel.units.contains(where: { $0.count > 0 }) else { continue }
                find(.completedWithoutGoods, id, "the parcel \(parcel.name) is \(parcel.state)")
            }
            if account.lines.values.contains(where: { $0.shipped < $0.count }) {
                find(.completedWithoutGoods, id, "not all of \(account.lines) was shipped")
            }
        case ("flash-sale", "shipped"), ("pre-sale", "shipped"), ("group-member", "shipped"):
            if account.shippedUnits == 0 { find(.completedWithoutGoods, id, "nothing was shipped") }
        case ("olist-order", "DELIVERED"):
            if !account.accepted.isSuperset(of: ["approve", "hand_over", "deliver"]) {
                find(.completedWithoutGoods, id, "only \(account.accepted.sorted()) came")
            }
        case ("member-registration", "active"):
            if !account.accepted.contains("confirm_email") { find(.outOfOrder, id, "nobody confirmed the address") }
        default: break
        }
    }

    /// Goods leave when they are paid for.
    private mutating func judgeShipping(_ id: String) {
        guard let account = accounts[id], !account.isPartlyCancelled, !hasMistake(id) else { return }
        if account.lines.values.contains(where: { $0.shipped > $0.count }) {
            find(.goodsUnpaid, id, "more was shipped than ordered: \(account.lines)")
        }
        let here = kept(id) + account.granted
        if here < account.leastPrice {
            find(.goodsUnpaid, id, "\(here) of \(account.leastPrice) are here when goods leave")
        }
    }

    /// A buyer has as many units of an item as the shop allows.
    private mutating func judgeLimits() {
        let alive = accounts.filter { $0.value.workflow == "flash-sale" && !$0.value.status.isEmpty }
            .filter { $0.value.status != "closed" }
        for (buyer, orders) in Dictionary(grouping: alive, by: \.value.buyer) {
            let limit = accounts.values.filter { $0.buyer == buyer }.map(\.limit).max() ?? 0
            guard orders.count > limit else { continue }
            find(.limitPassed, orders[0].key, "\(buyer) has \(orders.count), at most \(limit)")
        }
    }

    /// As many discounts as there were coupons.
    private mutating func judgeCoupons() {
        let users = accounts.filter(\.value.enjoysCoupon)
        for (coupon, orders) in Dictionary(grouping: users, by: { $0.value.coupon ?? "" }) {
            let units = received["coupon:\(coupon)@"] ?? 0
            guard orders.count > units else { continue }
            let ids = orders.map(\.key).sorted()
            find(.couponTwice, ids[0], "\(units) of \(coupon) pays for \(ids.joined(separator: ", "))")
        }
    }
}
