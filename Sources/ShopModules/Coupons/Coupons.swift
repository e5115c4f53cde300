public import Waybill

/// Coupons: issued to whoever joins, and by campaigns.
///
/// A coupon is a stock of one unit, `coupon:CODE`, which comes in together with the module's row. Spending it is a
/// reservation in the order's own write, so nobody spends it twice; the module learns of it by message.
public struct Coupons: ShopModule {
    /// Where campaigns are announced.
    public static let topic: TopicName = "campaign"
    /// Members that one message of a campaign names at most.
    public static let membersPerMessageMax = 100
    /// The campaign of those who join.
    public static let welcome = "welcome"

    public let name: GroupName = "coupons"
    public let topics: [TopicName] = [Self.topic]
    public let subscriptions = [
        Subscription(MemberNews.topic, tags: "registered"),
        Subscription(OrderNews.topic, tags: "placed || closed || revived"),
        Subscription(Self.topic, tags: "coupons"),
    ]
    public let settings = GroupSettings(isFIFO: true)
    /// What the coupon of a new member is worth, in minor units; 0: none is issued.
    public let welcomeCents: Int64
    private let random: @Sendable () -> UInt64

    /// - Parameter world: where the codes come from.
    public init(welcomeCents: Int64 = 500, world: OrderBook.World) {
        self.welcomeCents = max(0, welcomeCents)
        random = world.random
    }

    /// The messages that issue a coupon of a campaign to members; each gets one, however often it is announced.
    public static func campaign(_ campaign: String, cents: Int64, to members: [String]) -> [NewMessage] {
        stride(from: 0, to: members.count, by: membersPerMessageMax).map { start in
            let part = members[start..<min(start + membersPerMessageMax, members.count)]
            let body: JSON = [
                "campaign": .text(campaign), "cents": .int(cents), "members": .array(part.map { .text($0) }),
            ]
            return NewMessage(to: topic, body: body.bytes, tag: "coupons", messageGroup: Text(campaign))
        }
    }

    public func migrate(_ tables: borrowing ModuleTables) throws {
        // `event` is the position of the order's event that the row is as of; 0: no order has named it.
        try tables.execute(
            """
            CREATE TABLE IF NOT EXISTS coupon (
                code TEXT PRIMARY KEY, campaign TEXT NOT NULL, member TEXT NOT NULL,
                cents INTEGER NOT NULL CHECK (cents > 0),
                state TEXT NOT NULL CHECK (state IN ('free', 'spent')),
                order_id TEXT, event INTEGER NOT NULL,
                CHECK ((order_id IS NOT NULL) = (state = 'spent'))) STRICT, WITHOUT ROWID
            """)
        try tables.execute("CREATE UNIQUE INDEX IF NOT EXISTS coupon_by_member ON coupon (member, campaign)")
        try tables.execute(
            "CREATE INDEX IF NOT EXISTS coupon_by_order ON coupon (order_id) WHERE order_id IS NOT NULL")
        try Self.coupons.migrate(tables)
    }

    static let coupons = SealedTable("coupon", "code", "campaign", "member", "cents", "state", "order_id", "event")

    public func handle(_ delivery: Delivery, _ tables: borrowing ModuleTables, _ effects: Effects) throws {
        switch delivery.topic {
        case MemberNews.topic:
            guard welcomeCents > 0 else { return }
            try issue(Self.welcome, worth: welcomeCents, to: try MemberNews(delivery).member, tables, effects)
        case Self.topic:
            let body = try JSON(reading: delivery.body)
            let campaign = try body.text(of: "campaign")
            let cents = try body.number(of: "cents", in: 1...Int64(Int32.max))
            for member in body["members"]?.elements ?? [] {
                guard let member = member.asText else { throw ModuleProblem("a member of a campaign is no text") }
                try issue(campaign, worth: cents, to: member, tables, effects)
            }
        default:
            try follow(try OrderNews(delivery), tables)
        }
    }

    private func issue(
        _ campaign: String, worth cents: Int64, to member: String, _ tables: borrowing ModuleTables,
        _ effects: Effects
    ) throws {
        // A coupon is stock, and stock is not made again from history.
        guard effects.isOpen else { return }
        let code = CouponCode.make(random)
        let isNew = try tables.execute(
            """
            INSERT INTO coupon (code, campaign, member, cents, state, order_id, event, digest)
            VALUES (?1, ?2, ?3, ?4, 'free', NULL, 0, row_digest(?1, ?2, ?3, ?4, 'free', NULL, 0))
            ON CONFLICT (member, campaign) DO NOTHING
            """,
            [.text(code), .text(campaign), .text(member), .integer(cents)])
        guard isNew == 1 else { return }
        effects.submit(StockCommand(.receive(1), of: Coupon.stock(code), caller: "coupons"), named: "issue:\(code)")
    }

    private func follow(_ news: OrderNews, _ tables: borrowing ModuleTables) throws {
        switch news.tag {
        case .placed, .revived:
            guard let code = try news.coupon() else { return }
            // A coupon that another wrote into the stock is none of this module's.
            try tables.execute(
                """
                UPDATE coupon SET state = 'spent', order_id = ?1, event = ?2,
                    digest = row_digest(code, campaign, member, cents, 'spent', ?1, ?2)
                WHERE code = ?3 AND event < ?2
                """,
                [.text(news.order), .integer(news.event), .text(code)])
        case .closed:
            try tables.execute(
                """
                UPDATE coupon SET state = 'free', order_id = NULL, event = ?1,
                    digest = row_digest(code, campaign, member, cents, 'free', NULL, ?1)
                WHERE order_id = ?2 AND event < ?1
                """,
                [.integer(news.event), .text(news.order)])
        case .paid, .refunded, .shipped, .needsAPerson, nil: break
        }
    }
}
