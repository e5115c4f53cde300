public import Waybill

/// A gift pack for every member, also for those who joined before there were gift packs.
///
/// Added to a shop that runs, it reads the history of its topic. Who joined in the past gets a pack on paper; the
/// warehouse is told of those who join from now on, because the effects of history are not set off again. A look-back
/// with open effects tells it of the others, each once.
public struct GiftPack: ShopModule {
    /// Where the warehouse hears of packs.
    public static let topic: TopicName = "gift-pack"

    public let name: GroupName = "gift-pack"
    public let topics: [TopicName] = [Self.topic]
    public let subscriptions = [Subscription(MemberNews.topic, tags: "registered")]
    public let settings = GroupSettings()

    public init() {}

    /// Whether the warehouse was told of a member's pack; nil: the member has none.
    public static func isAnnounced(to member: String, in book: OrderBook) throws -> Bool? {
        let row = try book.readTables { tables in
            try tables.rows("SELECT announced FROM gift_pack WHERE member = ?", [.text(member)]).first
        }
        return try row.map { try $0.integer("announced") == 1 }
    }

    /// How many packs there are, and of how many the warehouse was told.
    public static func count(in book: OrderBook) throws -> (packs: Int64, announced: Int64) {
        let row = try book.readTables { tables in
            try tables.rows("SELECT count(*) AS packs, ifnull(sum(announced), 0) AS announced FROM gift_pack").first
        }
        return (try row?.integer("packs") ?? 0, try row?.integer("announced") ?? 0)
    }

    public func migrate(_ tables: borrowing ModuleTables) throws {
        try tables.execute(
            """
            CREATE TABLE IF NOT EXISTS gift_pack (
                member TEXT PRIMARY KEY, announced INTEGER NOT NULL CHECK (announced IN (0, 1))) STRICT, WITHOUT ROWID
            """)
        try Self.packs.migrate(tables)
    }

    static let packs = SealedTable("gift_pack", "member", "announced")

    public func handle(_ delivery: Delivery, _ tables: borrowing ModuleTables, _ effects: Effects) throws {
        let member = try MemberNews(delivery).member
        // A pack on paper is announced later, when somebody opens the effects of history.
        let changed = try tables.execute(
            """
            INSERT INTO gift_pack (member, announced, digest) VALUES (?1, ?2, row_digest(?1, ?2))
            ON CONFLICT DO UPDATE SET announced = 1, digest = row_digest(member, 1)
            WHERE announced < excluded.announced
            """,
            [.text(member), .integer(effects.isOpen ? 1 : 0)])
        guard changed == 1 else { return }
        let body: JSON = ["member": .text(member)]
        effects.send(NewMessage(to: Self.topic, body: body.bytes, tag: "pack", keys: [Text(member)]), named: "pack")
    }
}
