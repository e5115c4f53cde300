public import Waybill

/// A coupon of a member.
public struct Coupon: Hashable, Sendable {
    public var code: String
    public var campaign: String
    public var member: String
    /// What it is worth, in minor units.
    public var cents: Int64
    /// The order that it is spent on; nil: it is free.
    public var order: OrderID?

    /// The stock of a coupon: one unit, free until an order reserves it.
    public static func stock(_ code: String) -> StockKey { StockKey(sku: SKU("coupon:\(code)")) }

    init(_ row: ModuleRow) throws {
        code = try row.text("code")
        campaign = try row.text("campaign")
        member = try row.text("member")
        cents = try row.integer("cents")
        order = try row.optionalText("order_id").map { OrderID($0) }
    }
}

extension Coupons {
    /// The coupons of a member, at most 1,000.
    public static func coupons(of member: String, in book: OrderBook) throws -> [Coupon] {
        try book.readTables { tables in
            try tables.rows(
                """
                SELECT code, campaign, member, cents, order_id FROM coupon
                WHERE member = ? ORDER BY campaign LIMIT 1000
                """,
                [.text(member)]
            ).map { try Coupon($0) }
        }
    }

    /// How many coupons there are, and how many of them are spent.
    public static func count(in book: OrderBook) throws -> (issued: Int64, spent: Int64) {
        let row = try book.readTables { tables in
            try tables.rows("SELECT count(*) AS issued, count(order_id) AS spent FROM coupon").first
        }
        return (try row?.integer("issued") ?? 0, try row?.integer("spent") ?? 0)
    }
}
