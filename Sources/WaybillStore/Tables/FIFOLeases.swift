package import WaybillCore

/// The messages that a client holds of a message group: the others wait.
package struct FIFOLeaseRow: Hashable, Sendable {
    package var group: GroupNumber
    package var topic: TopicNumber
    package var messageGroup: Text
    package var queue: StoredQueueNumber
    package var offset: Int64
    package var attempt: Int64
    package var client: Text
    /// The boot in which it was given out.
    package var boot: Int64
    package var until: Moment
    /// Where the others lie that it got with the first one, ascending. Those that are over are still named.
    package var followers: [Int64]

    package init(
        group: GroupNumber, topic: TopicNumber, messageGroup: Text, queue: StoredQueueNumber, offset: Int64,
        attempt: Int64, client: Text, boot: Int64, until: Moment, followers: [Int64] = []
    ) {
        self.group = group
        self.topic = topic
        self.messageGroup = messageGroup
        self.queue = queue
        self.offset = offset
        self.attempt = attempt
        self.client = client
        self.boot = boot
        self.until = until
        self.followers = followers
    }

    /// All that it names, in order.
    package var offsets: [Int64] { [offset] + followers }

    init(_ columns: Columns) {
        group = GroupNumber(columns.integer(0))
        topic = TopicNumber(columns.integer(1))
        messageGroup = columns.text(2)
        queue = StoredQueueNumber(columns.integer(3))
        offset = columns.integer(4)
        attempt = columns.integer(5)
        client = columns.text(6)
        boot = columns.integer(7)
        until = columns.moment(8)
        followers = Self.followers(columns.optionalText(9), behind: offset)
    }

    /// Offsets as the column has them, such as `3-5,9`; nil: there are none.
    fileprivate static func text(of offsets: [Int64]) -> Text? {
        var ranges: [ClosedRange<Int64>] = []
        for offset in offsets {
            if let last = ranges.last, last.upperBound + 1 == offset {
                ranges[ranges.count - 1] = last.lowerBound...offset
            } else {
                ranges.append(offset...offset)
            }
        }
        guard !ranges.isEmpty else { return nil }
        let parts = ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
        return Text(parts.joined(separator: ","))
    }

    /// Messages of one run: no receive gets more.
    private static let followersMax = 1_000

    /// What the column says. In a damaged one everything from the damage on is left out: it is delivered once more.
    private static func followers(_ text: Text?, behind offset: Int64) -> [Int64] {
        var followers: [Int64] = []
        for part in text?.string.split(separator: ",") ?? [] {
            let ends = part.split(separator: "-").map { Int64($0) }
            guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2, first <= last,
                first > followers.last ?? offset, last <= MessagePlace.offsetMax,
                last - first < Int64(followersMax - followers.count)
            else { break }
            followers += first...last
        }
        return followers
    }
}

extension Transaction {
    /// Stores the lease of a message group in place of the one before.
    package func put(_ lease: FIFOLeaseRow) throws(StoreFailure) {
        let statement = try statement(
            """
            INSERT INTO fifo_lease (group_number, topic, message_group, queue, offset, attempt, client, boot, until,
                followers, digest)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, CASE WHEN ?10 IS NULL
                THEN row_digest(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
                ELSE row_digest(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) END)
            ON CONFLICT (group_number, topic, message_group) DO UPDATE SET queue = excluded.queue,
                offset = excluded.offset, attempt = excluded.attempt, client = excluded.client, boot = excluded.boot,
                until = excluded.until, followers = excluded.followers, digest = excluded.digest
            """)
        statement.bind(1, lease.group.number)
        statement.bind(2, lease.topic.number)
        statement.bind(3, lease.messageGroup)
        statement.bind(4, lease.queue.number)
        statement.bind(5, lease.offset)
        statement.bind(6, lease.attempt)
        statement.bind(7, lease.client)
        statement.bind(8, lease.boot)
        statement.bind(9, lease.until)
        statement.bind(10, FIFOLeaseRow.text(of: lease.followers))
        try statement.run()
    }

    /// Frees a message group; false: nobody held it.
    @discardableResult
    package func deleteLease(
        of group: GroupNumber, topic: TopicNumber, messageGroup: Text
    ) throws(StoreFailure) -> Bool {
        let statement = try statement(
            "DELETE FROM fifo_lease WHERE group_number = ?1 AND topic = ?2 AND message_group = ?3")
        statement.bind(1, group.number)
        statement.bind(2, topic.number)
        statement.bind(3, messageGroup)
        return try statement.run() == 1
    }
}

extension TableReader where Self: ~Copyable {
    package func lease(
        of group: GroupNumber, topic: TopicNumber, messageGroup: Text
    ) throws(StoreFailure) -> FIFOLeaseRow? {
        let statement = try query(
            """
            SELECT group_number, topic, message_group, queue, offset, attempt, client, boot, until, followers
            FROM fifo_lease WHERE group_number = ?1 AND topic = ?2 AND message_group = ?3
            """)
        statement.bind(1, group.number)
        statement.bind(2, topic.number)
        statement.bind(3, messageGroup)
        return try statement.first { columns in FIFOLeaseRow(columns) }
    }

    /// The leases of a group by topic and message group; nil: from the first.
    package func leases(
        of group: GroupNumber, after lease: FIFOLeaseRow? = nil, limit: Int
    ) throws(StoreFailure) -> [FIFOLeaseRow] {
        let statement = try query(
            """
            SELECT group_number, topic, message_group, queue, offset, attempt, client, boot, until, followers
            FROM fifo_lease WHERE group_number = ?1 AND (topic, message_group) > (?2, ?3)
            ORDER BY topic, message_group LIMIT ?4
            """)
        statement.bind(1, group.number)
        statement.bind(2, lease?.topic.number ?? 0)
        statement.bind(3, lease?.messageGroup ?? "")
        statement.bind(4, Int64(limit))
        return try statement.all { columns in FIFOLeaseRow(columns) }
    }
}
