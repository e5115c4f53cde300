public import Waybill

/// Whether there is a notice for every message that asks for one, and what is in doubt.
extension Notifications {
    public func check(_ look: inout ModuleLook) throws {
        for table in Self.tables { try table.check(&look) }
        var expected: [Text: Int64] = [:]
        try look.orders { order, sent in
            guard order.placedAt > look.since else { return }
            for message in sent where message.topic == OrderNews.topic {
                if let tag = message.tag, Self.kinds.contains(tag) { expected[tag, default: 0] += 1 }
            }
        }
        let written = try countByKind(look)
        for kind in Self.kinds.sorted() {
            let (count, messages) = (written[kind] ?? 0, expected[kind] ?? 0)
            look.expect(
                look.isCaughtUp ? count == messages : count <= messages,
                "\(count) notices of orders \(kind), and \(messages) messages")
        }
        for (state, what) in [(Notice.State.sending, "in doubt"), (.inDoubt, "in doubt"), (.failed, "failed")] {
            for notice in try Self.notices(state, limit: 20, in: look.book) {
                look.note("notice \(notice.number) (\(notice.kind)) to \(notice.recipient) is \(what)")
            }
        }
    }

    /// How many notices there are of each kind; page by page, as there may be more than one read has time for.
    private func countByKind(_ look: ModuleLook) throws -> [Text: Int64] {
        let page = 50_000
        var counts: [Text: Int64] = [:]
        var (last, seen) = (Int64(0), Int64(page))
        while seen == page {
            let rows = try look.rows(
                """
                SELECT kind, count(*) AS count, max(number) AS last FROM
                    (SELECT kind, number FROM notice WHERE number > ? ORDER BY number LIMIT \(page)) GROUP BY kind
                """, [.integer(last)])
            seen = 0
            for row in rows {
                let count = try row.integer("count")
                counts[Text(try row.text("kind")), default: 0] += count
                seen += count
                last = max(last, try row.integer("last"))
            }
        }
        return counts
    }

    private static let kinds: Set<Text> = ["placed", "paid", "shipped", "closed", "refunded"]
}
