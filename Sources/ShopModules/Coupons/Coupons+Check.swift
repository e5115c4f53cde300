public import Waybill

/// Whether each coupon is one unit of stock, and spent by the order that the module names.
extension Coupons {
    public func check(_ look: inout ModuleLook) throws {
        try Self.coupons.check(&look)
        let page = 500
        var last = ""
        while true {
            let rows = try look.rows(
                """
                SELECT code, campaign, member, cents, order_id FROM coupon WHERE code > ? ORDER BY code LIMIT \(page)
                """, [.text(last)])
            for row in rows {
                let coupon = try Coupon(row)
                last = coupon.code
                try check(coupon, &look)
            }
            if rows.count < page { break }
        }
        guard look.isCaughtUp, welcomeCents > 0 else { return }
        try checkMembers(&look)
    }

    private func check(_ coupon: Coupon, _ look: inout ModuleLook) throws {
        guard let level = try look.book.stock(Coupon.stock(coupon.code)) else {
            return look.expect(false, "coupon \(coupon.code): it is issued, and there is no stock of it")
        }
        // A damaged file may have any numbers: a sum of them need not be one.
        look.expect(
            [level.free, level.reserved, level.sold].sorted() == [0, 0, 1],
            "coupon \(coupon.code): \(level.free) free, \(level.reserved) reserved and \(level.sold) sold, and not one")
        guard look.isCaughtUp else { return }
        look.expect(
            (level.free == 0) == (coupon.order != nil),
            "coupon \(coupon.code): \(coupon.order == nil ? "free" : "spent"), and its stock says otherwise")
        if let id = coupon.order {
            let order = try look.book.order(id)
            let named = try order.flatMap { try JSON(reading: $0.context)["coupon"]?.asText }
            look.expect(named == coupon.code, "coupon \(coupon.code): spent by order \(id), which does not name it")
        }
    }

    /// Everybody who has joined since has one.
    private func checkMembers(_ look: inout ModuleLook) throws {
        var result = look
        try look.joined { member in
            let row = try look.rows(
                "SELECT 1 FROM coupon WHERE member = ? AND campaign = ?", [.text(member), .text(Self.welcome)]
            ).first
            result.expect(row != nil, "member \(member): no coupon for joining")
        }
        look = result
    }
}

extension ModuleLook {
    /// Goes through the members who have joined since the module was installed.
    func joined(_ body: (String) throws -> Void) throws {
        try orders { order, sent in
            let joined = sent.contains { $0.topic == MemberNews.topic && $0.tag == "registered" }
            guard joined, order.placedAt > since, let member = try JSON(reading: order.context)["member"]?.asText else {
                return
            }
            try body(member)
        }
    }
}
