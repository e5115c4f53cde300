public import Waybill

/// Whether there is a notice for every message that asks for one, and what is in doubt.
extension Notifications {
    public func check(_ look: inout ModuleLook) throws {
        var expected: [Text: Int64] = [:]
        try look.orders { order, sent in
            guard order.placedAt > look.since else { return }
            for message in sent where message.topic == OrderNews.topic {
                if let tag = message.tag, Self.kinds.contains(tag) { expected[tag, default: 0] += 1 }
            }
        }
        for kind in Self.kinds.sorted() {
            let row = try look.rows("SELECT count(*) AS count FROM notice WHERE kind = ?", [.text(kind.string)]).first
            let (count, messages) = (try row?.integer("count") ?? 0, expected[kind] ?? 0)
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

    private static let kinds: Set<Text> = ["placed", "paid", "shipped", "closed", "refunded"]
}
