import GRPCServing
import Synchronization
import WaybillAPI

/// The place of a connection of a RocketMQ client, among those over HTTP.
final class CountedSeat: Seat {
    private let counts: ConnectionCounts
    private let caller = Mutex(Int?.none)

    /// Nil: there is no place.
    init?(_ counts: ConnectionCounts) {
        self.counts = counts
        let entry = counts.enter()
        guard case .taken = entry else {
            // It is closed at once: nothing in its protocol says why.
            counts.leave(entry, of: nil)
            return nil
        }
    }

    func claim(for caller: Int) -> Bool {
        self.caller.withLock { [counts] mine in
            if mine == caller { return true }
            guard counts.claim(for: caller, insteadOf: mine) else { return false }
            mine = caller
            return true
        }
    }

    func leave() { counts.leave(.taken, of: caller.withLock { $0 }) }
}
