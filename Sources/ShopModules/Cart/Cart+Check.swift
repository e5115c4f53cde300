public import Waybill

/// Whether the carts lack exactly what open orders took.
extension Cart {
    public func check(_ look: inout ModuleLook) throws {
        for table in Self.tables { try table.check(&look) }
        try checkOrders(&look)
        try checkLines(&look)
    }

    private func checkOrders(_ look: inout ModuleLook) throws {
        var result = look
        var expected: Int64 = 0
        try look.told(["placed", "paid", "closed"]) { order, last in
            let row = try look.rows(
                "SELECT buyer, state FROM cart_order WHERE order_id = ?", [.text(order.id.description)]
            ).first
            guard let row else {
                return result.expect(!look.isCaughtUp, "order \(order.id): the cart has not heard of it")
            }
            expected += 1
            let buyer = try JSON(reading: order.context)["buyer"]?.asText
            let known = try row.text("buyer")
            result.expect(
                known == buyer, "order \(order.id): taken from the cart of \(known), and \(buyer ?? "?") bought")
            guard look.isCaughtUp else { return }
            let state = try row.text("state")
            result.expect(
                (state == "restored") == (last.tag == "closed"),
                "order \(order.id): its goods are \(state), and its last message was \(last.tag ?? "")")
        }
        let rows = try look.count("cart_order")
        result.expect(rows == expected, "the cart knows \(rows) orders, and \(expected) were placed")
        look = result
    }

    private func checkLines(_ look: inout ModuleLook) throws {
        let page = 500
        var last = ["", "", ""]
        while true {
            let lines = try look.rows(
                """
                SELECT buyer, sku, location, ordered, (SELECT ifnull(sum(taken.quantity), 0)
                    FROM cart_order AS placed
                    JOIN cart_taken AS taken ON taken.order_id = placed.order_id
                    WHERE placed.buyer = cart_line.buyer AND placed.state = 'ordered'
                        AND taken.sku = cart_line.sku AND taken.location = cart_line.location) AS sum
                FROM cart_line WHERE (buyer, sku, location) > (?, ?, ?)
                ORDER BY buyer, sku, location LIMIT \(page)
                """, last.map { .text($0) })
            for row in lines {
                last = [try row.text("buyer"), try row.text("sku"), try row.text("location")]
                let (ordered, sum) = (try row.integer("ordered"), try row.integer("sum"))
                look.expect(
                    ordered == sum, "the cart of \(last[0]) lacks \(ordered) \(last[1]), and open orders took \(sum)")
            }
            if lines.count < page { return }
        }
    }
}
