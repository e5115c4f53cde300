/// One statement of the bare loop of the flow, and where the values of its rows come from: the file that the shop has
/// written.
struct FlowStep {
    /// Which write of a round it belongs to: placed, paid, then one for each module.
    enum Write: Int, Comparable, CaseIterable {
        case place, pay, cart, points, coupons

        static func < (one: Self, other: Self) -> Bool { one.rawValue < other.rawValue }
    }

    let write: Write
    let sql: String
    let select: String
}

extension FlowStep {
    private static let eventColumns =
        "position, stream, version, type, at, caller, key, cause, trace, lane, semantics, digest, body"
    private static let messageColumns = "place, event, ordinal, born_at, tag, key, message_group, properties, body, id"
    private static let orderColumns = "number, id, workflow, version, status, placed_at, lane, parent, root, state"

    private static func insert(_ table: String, _ columns: String) -> String {
        let marks = columns.split(separator: ",").map { _ in "?" }.joined(separator: ", ")
        return "INSERT INTO \(table) (\(columns)) VALUES (\(marks))"
    }

    /// Columns of a table under its short name.
    private static func of(_ name: String, _ columns: String) -> String {
        columns.split(separator: ",").map { "\(name).\($0.trimmingSpaces)" }.joined(separator: ", ")
    }

    /// Orders, one after the other, with their first or second event.
    private static func events(_ version: Int) -> String {
        "orders AS o CROSS JOIN event AS e ON e.stream = o.number AND e.version = \(version)"
    }

    private static func journal(_ write: Write, _ version: Int) -> [FlowStep] {
        [
            FlowStep(
                write: write, sql: insert("event", eventColumns),
                select: "SELECT \(of("e", eventColumns)) FROM \(events(version)) ORDER BY o.number"),
            FlowStep(
                write: write, sql: insert("message", messageColumns),
                select: """
                    SELECT \(of("m", messageColumns)) FROM \(events(version))
                    CROSS JOIN message AS m ON m.event = e.position ORDER BY o.number
                    """),
        ]
    }

    /// How many of which stock number each line and coupon of an order takes.
    private static let stockOfLines = """
        SELECT quantity, stock.number FROM (
            SELECT o.number AS number, line.value ->> 'sku' AS sku, line.value ->> 'qty' AS quantity
            FROM \(events(1)) CROSS JOIN json_each(e.body, '$.data.lines') AS line
            UNION ALL
            SELECT o.number, 'coupon:' || (e.body ->> '$.data.coupon'), 1 FROM \(events(1))
            WHERE e.body ->> '$.data.coupon' IS NOT NULL
        ) AS part CROSS JOIN stock ON stock.sku = part.sku AND stock.location = '' ORDER BY part.number
        """

    private static let timeouts = "SELECT 1, placed_at + 3600000, number, 'pay_due' FROM orders ORDER BY number"

    static let ofOrders: [FlowStep] =
        journal(.place, 1) + [
            FlowStep(write: .place, sql: insert("timeout", "kind, due, owner, name"), select: timeouts),
            FlowStep(
                write: .place,
                sql: insert("command", "generation, shelf, caller, key, fingerprint, stream, version, refusal"),
                select: """
                    SELECT c.generation, c.shelf, c.caller, c.key, c.fingerprint, c.stream, c.version, c.refusal
                    FROM command AS c JOIN orders AS o ON o.number = c.stream ORDER BY c.stream
                    """),
            FlowStep(
                write: .place, sql: insert("orders", orderColumns),
                select: """
                    SELECT number, id, workflow, 1, 'awaiting payment', placed_at, lane, parent, root, state FROM orders
                    ORDER BY number
                    """),
            FlowStep(
                write: .place, sql: insert("order_attribute", "shelf, name, value, number"),
                select: "SELECT shelf, name, value, number FROM order_attribute ORDER BY number"),
            FlowStep(
                write: .place, sql: "UPDATE stock SET free = free - ?1, reserved = reserved + ?1 WHERE number = ?2",
                select: stockOfLines),
        ] + journal(.pay, 2) + [
            FlowStep(
                write: .pay, sql: "DELETE FROM timeout WHERE kind = ? AND due = ? AND owner = ? AND name = ?",
                select: timeouts),
            FlowStep(
                write: .pay, sql: "UPDATE orders SET version = ?, status = ?, state = ? WHERE number = ?",
                select: "SELECT version, status, state, number FROM orders ORDER BY number"),
            FlowStep(
                write: .pay, sql: "UPDATE stock SET reserved = reserved - ?1, sold = sold + ?1 WHERE number = ?2",
                select: stockOfLines),
        ]

    static let ofModules: [FlowStep] = [
        FlowStep(
            write: .cart, sql: insert("cart_order", "order_id, buyer, event, state"),
            select: """
                SELECT c.order_id, c.buyer, c.event, c.state FROM orders AS o CROSS JOIN cart_order AS c
                ON c.order_id = o.id ORDER BY o.number
                """),
        FlowStep(
            write: .cart,
            sql: "UPDATE cart_line SET ordered = ordered + ? WHERE buyer = ? AND sku = ? AND location = ?",
            select: """
                SELECT t.quantity, c.buyer, t.sku, t.location FROM orders AS o
                CROSS JOIN cart_order AS c ON c.order_id = o.id
                CROSS JOIN cart_taken AS t ON t.order_id = o.id ORDER BY o.number
                """),
        FlowStep(
            write: .cart, sql: insert("cart_taken", "order_id, sku, location, quantity"),
            select: """
                SELECT t.order_id, t.sku, t.location, t.quantity FROM orders AS o
                CROSS JOIN cart_taken AS t ON t.order_id = o.id ORDER BY o.number
                """),
        FlowStep(
            write: .points, sql: insert("points_order", "order_id, member, event, cents, points"),
            select: """
                SELECT p.order_id, p.member, p.event, p.cents, p.points FROM orders AS o
                CROSS JOIN points_order AS p ON p.order_id = o.id ORDER BY o.number
                """),
        FlowStep(
            write: .points,
            sql: """
                INSERT INTO points_member (member, welcome, earned) VALUES (?1, 0, ?2)
                ON CONFLICT DO UPDATE SET earned = earned + ?2
                """,
            select: """
                SELECT p.member, p.points FROM orders AS o CROSS JOIN points_order AS p ON p.order_id = o.id
                ORDER BY o.number
                """),
        FlowStep(
            write: .coupons, sql: "UPDATE coupon SET state = 'spent', order_id = ?, event = ? WHERE code = ?",
            select: "SELECT order_id, event, code FROM coupon WHERE state = 'spent' ORDER BY event"),
    ]

    /// What stands in the file before the first order: rows and the statement that puts them there.
    static func before(withModules: Bool) -> [(select: String, sql: String)] {
        let stock = (
            "SELECT number, sku, location, 1, received, adjusted, free + reserved + sold, 0, 0 FROM stock",
            insert("stock", "number, sku, location, version, received, adjusted, free, reserved, sold")
        )
        guard withModules else { return [stock] }
        let cursor = "group_number, queue, epoch, floor, ranges, delivered_through"
        return [
            stock,
            ("SELECT group_number, queue, epoch, 0, '', 0 FROM cursor", insert("cursor", cursor)),
            (
                "SELECT buyer, sku, location, filled, 0 FROM cart_line",
                insert("cart_line", "buyer, sku, location, filled, ordered")
            ),
            (
                "SELECT code, campaign, member, cents, 'free', NULL, 0 FROM coupon",
                insert("coupon", "code, campaign, member, cents, state, order_id, event")
            ),
        ]
    }

    /// What stands in the file after the last order, in both files. The engine's counts versions of a stock, and knows
    /// more of the cursors.
    static func after(withModules: Bool) -> [String] {
        let rows = [
            "SELECT \(eventColumns) FROM event WHERE stream IN (SELECT number FROM orders) ORDER BY position",
            "SELECT \(messageColumns) FROM message WHERE event IS NOT NULL ORDER BY place",
            "SELECT kind, due, owner, name FROM timeout WHERE kind = 1 ORDER BY due, owner",
            "SELECT generation, caller, key, fingerprint, stream, version, refusal FROM command ORDER BY stream",
            "SELECT \(orderColumns) FROM orders ORDER BY number",
            "SELECT shelf, name, value, number FROM order_attribute ORDER BY number, name, value",
            "SELECT number, sku, location, received, adjusted, free, reserved, sold FROM stock ORDER BY number",
        ]
        guard withModules else { return rows }
        // Without the digests of rows, which a bare loop has no use for.
        return rows + [
            "SELECT order_id, buyer, event, state FROM cart_order ORDER BY order_id",
            "SELECT buyer, sku, location, filled, ordered FROM cart_line ORDER BY buyer, sku, location",
            "SELECT order_id, sku, location, quantity FROM cart_taken ORDER BY order_id, sku, location",
            "SELECT order_id, member, event, cents, points FROM points_order ORDER BY order_id",
            "SELECT member, welcome, earned FROM points_member ORDER BY member",
            "SELECT code, campaign, member, cents, state, order_id, event FROM coupon ORDER BY code",
        ]
    }

    /// How far a module came, once in each of its writes.
    static let cursors: [Write: (sql: String, select: String)] = [
        .cart: cursor(of: "cart"), .points: cursor(of: "points"), .coupons: cursor(of: "coupons"),
    ]

    private static func cursor(of group: String) -> (sql: String, select: String) {
        (
            """
            UPDATE cursor SET floor = floor + 1, delivered_through = floor + 1 WHERE group_number = ? AND queue = ?
            """,
            """
            SELECT c.group_number, c.queue FROM cursor AS c JOIN client_group AS g ON g.number = c.group_number
            JOIN stored_queue AS q ON q.number = c.queue JOIN topic AS t ON t.number = q.topic
            WHERE g.name = '\(group)' AND t.name = 'order'
            """
        )
    }

    /// The modules' own tables and indexes, as they made them.
    static let ownTables = """
        SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND tbl_name IN
            ('cart_line', 'cart_order', 'cart_taken', 'points_order', 'points_member', 'coupon')
        ORDER BY type DESC
        """
}

extension Substring {
    fileprivate var trimmingSpaces: Substring { drop { $0 == " " || $0 == "\n" } }
}
