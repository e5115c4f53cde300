import Synchronization
import WaybillCore

/// The stocks of which nothing is free, as of the last commit: what lets the door refuse without a write.
///
/// Exact in the one direction that matters. A stock is taken off the board *before* the commit that frees some of it
/// and put on it only *after* the commit that took the last: so whoever reads it on the board may say that as of the
/// last commit nothing was free. Each change raises the epoch, by which a reader of several things sees that none
/// changed.
final class SoldOutBoard: Sendable {
    private struct State {
        var keys: Set<StockKey> = []
        /// By SKU, how many locations of it are on the board.
        var skus: [SKU: Int] = [:]
        var epoch: UInt64 = 0
    }

    private let keysMax: Int
    private let state = Mutex(State())
    /// The same as `state.keys.count`, to be read without the lock.
    private let size = Atomic(0)
    /// When the next timeout of an order, or deadline of a call, is due, in milliseconds: what fires may free some.
    private let nextDue = Atomic(Int64.max)

    /// - Parameter keysMax: beyond it stocks are not put on the board, and their shortage is found by the writer.
    init(keysMax: Int) { self.keysMax = keysMax }

    var isEmpty: Bool { size.load(ordering: .acquiring) == 0 }

    /// Whether something is due that may free some of it; then nobody is refused by the board.
    func isOverdue(at now: Moment) -> Bool { nextDue.load(ordering: .acquiring) <= now.milliseconds }

    /// Before the commit that arms a timeout for a time, and after it, when none is due before.
    func expect(_ due: Moment?) { nextDue.store(due?.milliseconds ?? .max, ordering: .releasing) }

    /// Before the commit that may free some of it.
    func takeOff(_ key: StockKey) {
        if isEmpty { return }
        state.withLock { state in
            guard state.keys.remove(key) != nil else { return }
            let left = (state.skus[key.sku] ?? 1) - 1
            state.skus[key.sku] = left > 0 ? left : nil
            state.epoch += 1
            size.store(state.keys.count, ordering: .releasing)
        }
    }

    /// After the commit that found nothing free of them.
    func put(_ keys: [StockKey]) {
        if keys.isEmpty { return }
        state.withLock { state in
            for key in keys where state.keys.count < keysMax && state.keys.insert(key).inserted {
                state.skus[key.sku, default: 0] += 1
                state.epoch += 1
            }
            size.store(state.keys.count, ordering: .releasing)
        }
    }

    /// The epoch, if one of these SKUs is sold out somewhere.
    func epoch(ofAny skus: [SKU]) -> UInt64? {
        state.withLock { state in skus.contains { state.skus[$0] != nil } ? state.epoch : nil }
    }

    /// Whether nothing has changed since that epoch.
    func isStill(_ epoch: UInt64) -> Bool { state.withLock { $0.epoch == epoch } }

    func holds(_ key: StockKey) -> Bool { state.withLock { $0.keys.contains(key) } }
}
