public import Waybill

/// Mails and short messages about orders and memberships.
///
///     message ──► ready ──► sending ──sent──► sent
///                   ▲          ├──known not to have left──► ready, later failed
///                   │          └──anything else, or the process ends──► in doubt
///                   └────────────────── somebody decides ───────────────────┘
///
/// What leaves the process cannot share a commit with the file. So a notice is marked as begun, and that is durable,
/// before the sender gets it; if the process ends in between, the notice is in doubt and is shown, and nobody is
/// written to twice in silence.
public struct Notifications: ShopModule {
    /// Hands a notice to whoever carries it: a mail server, an SMS gateway, a file.
    public typealias Sender = @Sendable (Notice) async throws -> Void

    /// How often a notice is tried that is known not to have left.
    public static let attemptsMax: Int64 = 10
    /// The wait before the second try; it doubles with each.
    public static let firstWait = OrderBook.Interval.seconds(10)
    /// Notices sent in one go, before other modules have their turn.
    public static let noticesPerRound = 1_000

    public let name: GroupName = "notifications"
    public let subscriptions = [
        Subscription(OrderNews.topic, tags: "placed || paid || shipped || closed || refunded"),
        Subscription(MemberNews.topic, tags: "*"),
    ]
    public let settings = GroupSettings(isFIFO: true)
    let sender: Sender

    let noticesAtOnce: Int

    /// - Parameter noticesAtOnce: how many notices are begun in one write. With more than one it is faster, and if the
    ///   process ends all of them are in doubt.
    public init(noticesAtOnce: Int = 1, sender: @escaping Sender) {
        self.noticesAtOnce = min(max(1, noticesAtOnce), 100)
        self.sender = sender
    }

    public func migrate(_ tables: borrowing ModuleTables) throws {
        try tables.execute(
            """
            CREATE TABLE IF NOT EXISTS notice (
                number INTEGER PRIMARY KEY, message_id TEXT NOT NULL, kind TEXT NOT NULL,
                channel TEXT NOT NULL CHECK (channel IN ('mail', 'sms')),
                recipient TEXT NOT NULL, address TEXT, subject TEXT NOT NULL,
                state TEXT NOT NULL
                    CHECK (state IN ('ready', 'sending', 'in_doubt', 'sent', 'failed', 'withheld')),
                due INTEGER NOT NULL, attempts INTEGER NOT NULL CHECK (attempts >= 0), problem TEXT) STRICT
            """)
        try tables.execute("CREATE UNIQUE INDEX IF NOT EXISTS notice_by_message ON notice (message_id, kind)")
        try tables.execute("CREATE INDEX IF NOT EXISTS notice_open ON notice (state, due) WHERE state <> 'sent'")
        try tables.execute(
            """
            CREATE TABLE IF NOT EXISTS notice_order (order_id TEXT PRIMARY KEY, buyer TEXT NOT NULL)
                STRICT, WITHOUT ROWID
            """)
        try tables.execute(
            """
            CREATE TABLE IF NOT EXISTS notice_contact (member TEXT PRIMARY KEY, email TEXT NOT NULL)
                STRICT, WITHOUT ROWID
            """)
        for table in Self.tables { try table.migrate(tables) }
        // The process that began these is gone, and nobody knows whether they left.
        try tables.execute(
            """
            UPDATE notice SET state = 'in_doubt', problem = 'the process ended while it was being sent',
                digest = row_digest(number, message_id, kind, channel, recipient, address, subject, 'in_doubt', due,
                    attempts, 'the process ended while it was being sent')
            WHERE state = 'sending' AND state <> 'sent'
            """)
    }

    // MARK: Messages

    public func handle(_ delivery: Delivery, _ tables: borrowing ModuleTables, _ effects: Effects) throws {
        guard delivery.topic == MemberNews.topic else {
            return try write(try OrderNews(delivery), delivery, tables, effects)
        }
        let news = try MemberNews(delivery)
        if let email = news.email {
            try tables.execute(
                """
                INSERT INTO notice_contact (member, email, digest) VALUES (?1, ?2, row_digest(?1, ?2))
                ON CONFLICT DO UPDATE SET email = excluded.email, digest = excluded.digest
                """,
                [.text(news.member), .text(email)])
        }
        switch delivery.tag?.string {
        case "confirm-email":
            try add("confirm", .mail, to: news.member, "Please confirm your address", delivery, tables, effects)
        case "registered":
            try add("welcome", .mail, to: news.member, "Welcome", delivery, tables, effects)
        case "left":
            try add("goodbye", .mail, to: news.member, "Your membership has ended", delivery, tables, effects)
            try tables.execute("DELETE FROM notice_contact WHERE member = ?", [.text(news.member)])
        case _: break
        }
    }

    private func write(
        _ news: OrderNews, _ delivery: Delivery, _ tables: borrowing ModuleTables, _ effects: Effects
    ) throws {
        if news.tag == .placed, let buyer = try news.buyer() {
            try tables.execute(
                """
                INSERT INTO notice_order (order_id, buyer, digest) VALUES (?1, ?2, row_digest(?1, ?2))
                ON CONFLICT DO NOTHING
                """, [.text(news.order), .text(buyer)])
        }
        let known = try tables.rows("SELECT buyer FROM notice_order WHERE order_id = ?", [.text(news.order)]).first
        // Placed before there were notices, and the message does not say by whom.
        guard let buyer = try known?.text("buyer") ?? news.buyer() else { return }
        let order = news.order
        switch news.tag {
        case .placed: try add("placed", .mail, to: buyer, "We have your order \(order)", delivery, tables, effects)
        case .paid: try add("paid", .mail, to: buyer, "Order \(order) is paid", delivery, tables, effects)
        case .shipped: try add("shipped", .sms, to: buyer, "Order \(order) is on its way", delivery, tables, effects)
        case .closed: try add("closed", .mail, to: buyer, "Order \(order) is closed", delivery, tables, effects)
        case .refunded:
            try add("refunded", .mail, to: buyer, "Money of order \(order) is coming back", delivery, tables, effects)
        case .revived, .needsAPerson, nil: break
        }
    }

    private func add(
        _ kind: String, _ channel: Notice.Channel, to recipient: String, _ subject: String, _ delivery: Delivery,
        _ tables: borrowing ModuleTables, _ effects: Effects
    ) throws {
        let changed = try tables.execute(
            """
            INSERT INTO notice (message_id, kind, channel, recipient, address, subject, state, due, attempts)
            VALUES (?1, ?2, ?3, ?4, (SELECT email FROM notice_contact WHERE member = ?4 AND ?3 = 'mail'), ?5, ?6, 0, 0)
            ON CONFLICT (message_id, kind) DO UPDATE SET state = 'ready'
                WHERE state = 'withheld' AND excluded.state = 'ready'
            """,
            [
                .text(delivery.id.description), .text(kind), .text(channel.rawValue), .text(recipient), .text(subject),
                .text(effects.isOpen ? "ready" : "withheld"),
            ])
        guard changed == 1 else { return }
        try tables.execute(
            """
            UPDATE notice SET digest = row_digest(number, message_id, kind, channel, recipient, address, subject, state,
                due, attempts, problem)
            WHERE message_id = ? AND kind = ?
            """, [.text(delivery.id.description), .text(kind)])
    }

    static let tables = [
        SealedTable(
            "notice", "number", "message_id", "kind", "channel", "recipient", "address", "subject", "state", "due",
            "attempts", "problem"),
        SealedTable("notice_order", "order_id", "buyer"), SealedTable("notice_contact", "member", "email"),
    ]
}
