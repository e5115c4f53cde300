package import WaybillCore
import WaybillStore

/// What memory knows of a topic.
struct TopicState {
    struct Queue: Hashable {
        var number: StoredQueueNumber
        var lane: Text
        var priority: Int64
    }

    var number: TopicNumber
    var name: TopicName
    var epoch: Int64
    var queues: [Queue]
}

extension TopicState {
    /// A topic as the file has it; nil: there is none of this name.
    init?<Rows: TableReader & ~Copyable>(_ name: TopicName, in rows: borrowing Rows) throws {
        guard let number = try rows.topic(name), let row = try rows.topic(number) else { return nil }
        self.number = number
        self.name = name
        epoch = row.epoch
        queues = try rows.storedQueues(of: number).map {
            Queue(number: $0.number, lane: $0.lane, priority: $0.priority)
        }
    }
}

extension TopicName {
    /// Where a group's dead letters go.
    package static func deadLetters(of group: GroupName) -> TopicName {
        TopicName(ReservedNames.deadLetterPrefix + group.text.string)
    }

    /// Whether dead letters lie here. What fails from here is parked: dead letters have no dead letters.
    package var isDeadLetters: Bool { deadLetterGroup != nil }
}
