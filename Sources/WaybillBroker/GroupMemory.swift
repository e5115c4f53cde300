import Synchronization
import WaybillCore
import WaybillStore

/// Who may have a message: the groups' memory, which changes only after a commit and in commit order.
package final class GroupMemory: Sendable {
    private struct State {
        /// The offset after the last visible message of each stored queue.
        var ends: [StoredQueueNumber: Int64] = [:]
    }

    private let settings: BrokerSettings
    private let state = Mutex(State())

    init(store: Store, settings: BrokerSettings) throws { self.settings = settings }

    /// Makes known what a write did.
    func apply(_ changes: PendingChanges) {
        guard !changes.grown.isEmpty else { return }
        state.withLock { $0.ends.merge(changes.grown) { $1 } }
    }
}
