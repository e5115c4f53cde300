public import Waybill

/// Whether the points are what the orders have brought in.
extension Points {
    public func check(_ look: inout ModuleLook) throws {
        for table in Self.tables { try table.check(&look) }
        try checkOrders(&look)
        try checkMembers(&look)
    }

    private func checkOrders(_ look: inout ModuleLook) throws {
        var result = look
        var expected: Int64 = 0
        try look.told(["paid", "refunded", "needs-a-person"]) { order, last in
            guard let then = try look.book.order(order.id, asOf: .event(last.event)),
                let cents = try then.keptCents()
            else { return }
            let row = try look.rows(
                "SELECT event, cents FROM points_order WHERE order_id = ?", [.text(order.id.description)]
            ).first
            if row != nil { expected += 1 }
            guard let row, try row.integer("event") == last.event.number else {
                result.expect(!look.isCaughtUp, "order \(order.id): its last payment or refund earned nothing")
                return
            }
            let stored = try row.integer("cents")
            result.expect(
                stored == cents, "order \(order.id): \(stored) cents earn points, and it has brought in \(cents)")
        }
        let rows = try look.count("points_order")
        result.expect(rows == expected, "\(rows) orders have earned points, and \(expected) were paid")
        look = result
    }

    private func checkMembers(_ look: inout ModuleLook) throws {
        let page = 500
        var last = ""
        while true {
            let members = try look.rows(
                """
                SELECT member, earned, (SELECT ifnull(sum(points), 0) FROM points_order AS earning
                    WHERE earning.member = points_member.member) AS sum
                FROM points_member WHERE member > ? ORDER BY member LIMIT \(page)
                """, [.text(last)])
            for row in members {
                last = try row.text("member")
                let (earned, sum) = (try row.integer("earned"), try row.integer("sum"))
                look.expect(earned == sum, "member \(last): \(earned) points, and the orders have earned \(sum)")
            }
            if members.count < page { break }
        }
        let lost = try look.rows(
            """
            SELECT order_id FROM points_order WHERE points > 0
                AND NOT EXISTS (SELECT 1 FROM points_member WHERE points_member.member = points_order.member) LIMIT 100
            """)
        for row in lost {
            let order = try row.text("order_id")
            look.expect(false, "order \(order): its points belong to no member")
        }
    }
}
