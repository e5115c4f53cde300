import WaybillCore
import WaybillStore

/// What the current write has done and consumers may not see before its commit. Verbs note here what they do; it
/// comes into memory by ``AfterCommit`` only.
struct PendingChanges {
    /// Stored queues that got messages, with the offset after the last.
    var grown: [StoredQueueNumber: Int64] = [:]
    var deletedTopics: [TopicNumber] = []
    /// Messages below an offset that went although a group was owed them.
    var cuts: [(group: GroupNumber, queue: StoredQueueNumber, offset: Int64)] = []
    /// What became of deliveries.
    var happenings: [TraceRing.Entry] = []
    /// Questions about half messages that were sent.
    var checksSent: UInt64 = 0
    /// What the journal is to say.
    var audits: [AuditNote] = []
    /// Half messages whose question is over: decided, answered, or due again.
    var endedQuestions: [PendingMessageNumber] = []
    /// Questions whose taker has gone without having seen them.
    var returnedQuestions: [PendingMessageNumber] = []
    /// Questions that were due, for live producers.
    var questions: [(number: PendingMessageNumber, producer: Text)] = []
    /// Questions that were due while no producer could be asked.
    var missed: [(number: PendingMessageNumber, producer: Text)] = []
    /// Missed questions that were made due again.
    var woken: [(number: PendingMessageNumber, producer: Text)] = []
    /// Topics that were made, changed, or deleted (nil).
    var topics: [TopicName: TopicState?] = [:]
    /// Groups that were made, changed, or deleted (nil).
    var groups: [GroupNumber: GroupRow?] = [:]
    var filters: [(group: GroupNumber, topic: TopicName, key: FilterUse.Key, use: FilterUse)] = []
    /// Groups whose unused expressions are deleted, with how often such were noticed until then.
    var cleanedFilters: [GroupNumber: UInt64] = [:]
    /// Lanes that requests have named, and when by uptime.
    var namedLanes: [Text: Interval] = [:]
    var cursors: [CursorKey: CursorChange] = [:]
    var outcomes: [(group: GroupNumber, succeeded: Bool)] = []
    var holders: [(place: MessagePlace, group: GroupNumber, holder: Holder?)] = []
    var deadLetters: [GroupNumber: StoredQueueNumber] = [:]
    /// All closed lanes, when one more was closed.
    var closedLanes: Set<Text>?
    /// Clients that left.
    var departed: [(group: GroupNumber, client: Text)] = []
    /// Leases whose end was looked at: to be looked at again if the write is undone.
    var ended: [(due: Moment, lease: LeaseEnd)] = []
    /// Cursors that a look-back moves or that are shortened: no consumer takes from them meanwhile.
    var movedCursors: [CursorKey] = []
    /// Up to when consumers who wait are told that nothing came.
    var uptime: Interval?

    var isEmpty: Bool {
        grown.isEmpty && deletedTopics.isEmpty && topics.isEmpty && groups.isEmpty && filters.isEmpty && cursors.isEmpty
            && outcomes.isEmpty
            && holders.isEmpty && departed.isEmpty && deadLetters.isEmpty && uptime == nil && closedLanes == nil
            && cleanedFilters.isEmpty && namedLanes.isEmpty
    }
}

/// What a write does to a cursor.
struct CursorChange {
    /// A new cursor, or one that takes the place of the old.
    var opened: GroupCursor?
    var finished: [Int64] = []
    var isFinished: Set<Int64> = []
    var leased: [Int64: Lease] = [:]
    var extended: [Int64: Moment] = [:]
    var mark: Int64?
    /// The mark from now on, however far ahead it was: at an orderly stop, or when one attempt is all.
    var exactMark: Int64?
    /// Whether the row is put although nothing else of this write changes it: memory is ahead of it.
    var isSaved = false
    var owed = 0
    var becameReady = false
    /// The epoch under which its row lies in the file, once this write has put it.
    var stored: Int64?
    /// The floor that its row says, once this write has put it.
    var storedFloor: Int64?

    /// Whether the write puts the cursor's row; else what it changes lies in other rows, or in memory alone.
    var isOfRow: Bool { opened != nil || !finished.isEmpty || mark != nil || exactMark != nil || isSaved }

    mutating func raiseMark(to mark: Int64) {
        self.mark = max(self.mark ?? 0, mark)
        exactMark = exactMark.map { max($0, mark) }
    }

    mutating func finish(_ offset: Int64) {
        if isFinished.insert(offset).inserted { finished.append(offset) }
        leased[offset] = nil
    }
}

/// When a lease ends.
struct LeaseEnd: Hashable {
    var cursor: CursorKey
    var offset: Int64
}
