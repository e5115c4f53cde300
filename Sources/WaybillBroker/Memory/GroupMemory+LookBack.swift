import Synchronization
import WaybillCore
import WaybillStore

/// Cursors that a write is about to move.
extension GroupMemory {
    /// Lets consumers take again from cursors that an undone write was about to turn.
    func release(_ keys: [CursorKey]) {
        guard !keys.isEmpty else { return }
        let woken = state.withLock { state in
            for key in keys {
                state.groups[key.group]?.cursors[key.queue]?.isBeingMoved = false
                state.groups[key.group]?.changes += 1
            }
            return Set(keys.map(\.group)).sorted().flatMap { state.takeWaiters(of: $0) { _ in true } }
        }
        for resume in woken { resume() }
    }

    /// Keeps consumers from taking from memory while a write moves the cursor.
    func hold(still key: CursorKey) {
        state.withLock { $0.groups[key.group]?.cursors[key.queue]?.isBeingMoved = true }
    }
}
