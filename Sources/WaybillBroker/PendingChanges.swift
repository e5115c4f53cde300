import WaybillCore
import WaybillStore

/// What the write at hand has done that nobody may see before its commit.
struct PendingChanges {
    /// Stored queues that got messages, with the offset after the last.
    var grown: [StoredQueueNumber: Int64] = [:]
    var deletedTopics: [TopicNumber] = []
    /// Half messages whose question is over: decided, answered, or due again.
    var settled: [PendingMessageNumber] = []
    /// Questions that were due, for live producers.
    var questions: [(number: PendingMessageNumber, producer: Text)] = []
    /// Questions that were due while nobody could be asked.
    var missed: [(number: PendingMessageNumber, producer: Text)] = []
    /// Missed questions that were made due again.
    var woken: [(number: PendingMessageNumber, producer: Text)] = []
}
