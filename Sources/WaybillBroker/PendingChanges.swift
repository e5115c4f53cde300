import WaybillCore
import WaybillStore

/// What the write at hand has done that nobody may see before its commit.
struct PendingChanges {
    /// Stored queues that got messages, with the offset after the last.
    var grown: [StoredQueueNumber: Int64] = [:]
    var deletedTopics: [TopicNumber] = []
    /// Messages below an offset that went although a group was owed them.
    var cuts: [(group: GroupNumber, queue: StoredQueueNumber, offset: Int64)] = []
    /// What the journal is to say.
    var audits: [AuditNote] = []
    /// Half messages whose question is over: decided, answered, or due again.
    var settled: [PendingMessageNumber] = []
    /// Questions that were due, for live producers.
    var questions: [(number: PendingMessageNumber, producer: Text)] = []
    /// Questions that were due while nobody could be asked.
    var missed: [(number: PendingMessageNumber, producer: Text)] = []
    /// Missed questions that were made due again.
    var woken: [(number: PendingMessageNumber, producer: Text)] = []
}
