package import WaybillCore
import WaybillStore

/// Where a list of delayed messages ended.
package struct DelayedPlace: Hashable, Sendable {
    package let due: Moment
    /// Its number among the messages that no one can see yet.
    package let number: Int64

    package init(due: Moment, number: Int64) {
        self.due = due
        self.number = number
    }
}

/// Messages that become visible later.
extension MessageReader {
    /// One page of the delayed messages by the time at which they become visible; those of other topics are left out,
    /// so it may be short. One whose time has come and could not be taken is not in it: it is tried again.
    ///
    /// - Returns: with the place after which the next page begins; nil: this was the last.
    package func delayedMessages(
        in topic: TopicName?, after last: DelayedPlace?, limit: Int
    ) throws -> (views: [DelayedMessageView], next: DelayedPlace?) {
        let limit = min(max(1, limit), Self.pageMax)
        return try store.read { rows in
            let found = try rows.delayedMessages(
                after: last?.due ?? Moment(milliseconds: .min), PendingMessageNumber(last?.number ?? .min),
                limit: limit)
            var views: [DelayedMessageView] = []
            for row in found {
                guard let its = try rows.topic(row.topic), its.deletedAt == nil, topic.map({ $0 == its.name }) ?? true
                else { continue }
                views.append(
                    DelayedMessageView(
                        id: try rows.messageID(of: row.message), topic: its.name, lane: row.lane,
                        priority: Int(clamping: row.priority), tag: row.message.tag, bornAt: row.message.bornAt,
                        due: row.due, recallHandle: seal.handle(of: row.number, in: its.number, for: .recall)))
            }
            let end = found.count == limit ? found.last : nil
            return (views, end.map { DelayedPlace(due: $0.due, number: $0.number.number) })
        }
    }
}
