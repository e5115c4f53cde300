import WaybillCore
import WaybillStore

/// What the write at hand has done that nobody may see before its commit.
struct PendingChanges {
    /// Stored queues that got messages, with the offset after the last.
    var grown: [StoredQueueNumber: Int64] = [:]
}
