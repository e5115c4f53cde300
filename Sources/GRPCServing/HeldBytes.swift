import Synchronization

/// Bytes that a server keeps for its clients, of all connections together: messages of which a part has come, and
/// answers that are not taken.
///
/// Connections report what they keep, and wait here for room.
final class HeldBytes: Sendable {
    /// What bytes are kept for.
    enum Purpose: Int {
        /// Messages that have not come whole.
        case unfinished
        /// Answers that clients have not taken.
        case unread
    }

    private struct State {
        var counts = [0, 0]
        /// What is told when there is room for more, in the order in which it came.
        var waiting: [[@Sendable () -> Void]] = [[], []]
    }

    private let limits: [Int]
    private let state = Mutex(State())

    init(_ limits: GRPCLimits) { self.limits = [limits.unfinishedBytesMax, limits.unreadBytesMax] }

    func count(_ purpose: Purpose) -> Int { state.withLock { $0.counts[purpose.rawValue] } }

    /// Whether more are kept than are wanted. A little more than that may come all the same.
    func isFull(_ purpose: Purpose) -> Bool {
        state.withLock { $0.counts[purpose.rawValue] > limits[purpose.rawValue] }
    }

    /// Whether twice the limit is kept: then messages that are still growing are refused.
    func isOverfull(_ purpose: Purpose) -> Bool {
        state.withLock { $0.counts[purpose.rawValue] > 2 * limits[purpose.rawValue] }
    }

    /// Counts bytes that are kept now, or fewer when the number is negative.
    func add(_ bytes: Int, _ purpose: Purpose) {
        let told = state.withLock { state -> [@Sendable () -> Void] in
            state.counts[purpose.rawValue] += bytes
            guard bytes < 0, state.counts[purpose.rawValue] <= limits[purpose.rawValue] else {
                return []
            }
            defer { state.waiting[purpose.rawValue] = [] }
            return state.waiting[purpose.rawValue]
        }
        for body in told { body() }
    }

    /// Calls back once when there is room; at once when there is some already.
    func whenRoom(for purpose: Purpose, _ body: @escaping @Sendable () -> Void) {
        let hasRoom = state.withLock { state in
            let hasRoom = state.counts[purpose.rawValue] <= limits[purpose.rawValue]
            if !hasRoom { state.waiting[purpose.rawValue].append(body) }
            return hasRoom
        }
        if hasRoom { body() }
    }
}
