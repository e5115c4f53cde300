public import Waybill

/// One point for every whole 100 minor units that an order has brought in and not given back; some for joining.
///
/// An order's points are set, not added: what its last message said is here of the money decides. So a message that
/// comes twice, or a refund of an excess that never earned anything, changes nothing.
public struct Points: ShopModule {
    /// Minor units for one point.
    public static let centsPerPoint: Int64 = 100

    public let name: GroupName = "points"
    public let subscriptions = [
        Subscription(OrderNews.topic, tags: "paid || refunded || needs-a-person"),
        Subscription(MemberNews.topic, tags: "registered"),
    ]
    /// An order's refund must not overtake its payment.
    public let settings = GroupSettings(isFIFO: true)
    /// What a new member is given.
    public let welcomePoints: Int64

    public init(welcomePoints: Int64 = 100) { self.welcomePoints = max(0, welcomePoints) }

    /// The points of a member; all zero for somebody unknown.
    public static func account(of member: String, in book: OrderBook) throws -> PointsAccount {
        let row = try book.readTables { tables in
            try tables.rows("SELECT welcome, earned FROM points_member WHERE member = ?", [.text(member)]).first
        }
        return PointsAccount(welcome: try row?.integer("welcome") ?? 0, earned: try row?.integer("earned") ?? 0)
    }

    /// The members with the most points, at most 1,000.
    public static func leaders(_ limit: Int, in book: OrderBook) throws -> [(member: String, account: PointsAccount)] {
        let limit = Int64(min(max(limit, 1), ModuleTables.rowsMax))
        return try book.readTables { tables in
            try tables.rows(
                "SELECT member, welcome, earned FROM points_member ORDER BY welcome + earned DESC, member LIMIT ?",
                [.integer(limit)]
            ).map { row in
                let account = PointsAccount(welcome: try row.integer("welcome"), earned: try row.integer("earned"))
                return (try row.text("member"), account)
            }
        }
    }

    /// How many members have points, all their points together, and how many have reached which level.
    public static func totals(
        in book: OrderBook
    ) throws -> (members: Int64, points: Int64, levels: [PointLevel: Int64]) {
        let counts = PointLevel.allCases.map { "sum(welcome + earned >= \($0.pointsMin)) AS \($0.name)" }
        let row = try book.readTables { tables in
            try tables.rows(
                """
                SELECT count(*) AS members, ifnull(sum(welcome + earned), 0) AS points,
                    \(counts.joined(separator: ", "))
                FROM points_member
                """
            ).first
        }
        guard let row, try row.integer("members") > 0 else { return (0, 0, [:]) }
        var levels: [PointLevel: Int64] = [:]
        // Who has reached a level has reached those below it.
        var higher: Int64 = 0
        for level in PointLevel.allCases.reversed() {
            let reached = try row.integer(level.name)
            levels[level] = reached - higher
            higher = reached
        }
        return (try row.integer("members"), try row.integer("points"), levels)
    }

    public func migrate(_ tables: borrowing ModuleTables) throws {
        // `event` is the position of the order's event that the row is as of.
        try tables.execute(
            """
            CREATE TABLE IF NOT EXISTS points_order (
                order_id TEXT PRIMARY KEY, member TEXT NOT NULL, event INTEGER NOT NULL,
                cents INTEGER NOT NULL CHECK (cents >= 0),
                points INTEGER NOT NULL CHECK (points = cents / \(Self.centsPerPoint))) STRICT, WITHOUT ROWID
            """)
        try tables.execute("CREATE INDEX IF NOT EXISTS points_order_by_member ON points_order (member)")
        try tables.execute(
            """
            CREATE TABLE IF NOT EXISTS points_member (
                member TEXT PRIMARY KEY, welcome INTEGER NOT NULL CHECK (welcome >= 0),
                earned INTEGER NOT NULL CHECK (earned >= 0)) STRICT, WITHOUT ROWID
            """)
        try tables.execute(
            "CREATE INDEX IF NOT EXISTS points_member_by_points ON points_member (welcome + earned DESC, member)")
        for table in Self.tables { try table.migrate(tables) }
    }

    static let tables = [
        SealedTable("points_order", "order_id", "member", "event", "cents", "points"),
        SealedTable("points_member", "member", "welcome", "earned"),
    ]

    public func handle(_ delivery: Delivery, _ tables: borrowing ModuleTables, _ effects: Effects) throws {
        if delivery.topic == MemberNews.topic {
            try welcome(try MemberNews(delivery).member, tables)
        } else {
            try set(try OrderNews(delivery), tables)
        }
    }

    private func welcome(_ member: String, _ tables: borrowing ModuleTables) throws {
        try tables.execute(
            """
            INSERT INTO points_member (member, welcome, earned, digest) VALUES (?1, ?2, 0, row_digest(?1, ?2, 0))
            ON CONFLICT DO UPDATE SET welcome = max(welcome, excluded.welcome),
                digest = row_digest(member, max(welcome, excluded.welcome), earned)
            """, [.text(member), .integer(welcomePoints)])
    }

    private func set(_ news: OrderNews, _ tables: borrowing ModuleTables) throws {
        // Workflows that do not say what an order brought in earn nothing.
        guard let cents = try news.keptCents() else { return }
        guard let member = try news.buyer() else { throw ModuleProblem("order \(news.order) names no buyer") }
        let old = try tables.rows(
            "SELECT event, points FROM points_order WHERE order_id = ?", [.text(news.order)]
        ).first
        if let old, try old.integer("event") >= news.event { return }
        let points = cents / Self.centsPerPoint
        try tables.execute(
            """
            INSERT INTO points_order (order_id, member, event, cents, points, digest)
            VALUES (?1, ?2, ?3, ?4, ?5, row_digest(?1, ?2, ?3, ?4, ?5))
            ON CONFLICT DO UPDATE SET event = excluded.event, cents = excluded.cents, points = excluded.points,
                digest = row_digest(order_id, member, excluded.event, excluded.cents, excluded.points)
            """,
            [.text(news.order), .text(member), .integer(news.event), .integer(cents), .integer(points)])
        try tables.execute(
            """
            INSERT INTO points_member (member, welcome, earned, digest)
            VALUES (?1, 0, max(0, ?2), row_digest(?1, 0, max(0, ?2)))
            ON CONFLICT DO UPDATE SET earned = earned + ?2, digest = row_digest(member, welcome, earned + ?2)
            """, [.text(member), .integer(points - (try old?.integer("points") ?? 0))])
    }
}
