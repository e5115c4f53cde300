import NIOCore
import Synchronization
import WaybillCore

/// Batches that were lost on the way to their client, each kept for the attempt that took it: asked again within some
/// seconds, it gets the same.
///
/// Of several calls of one attempt the newest has the batch: what becomes of an earlier one, whose connection may be
/// found dead much later, gives nothing back.
final class KeptBatches: Sendable {
    /// One call of an attempt.
    struct Turn: Sendable {
        fileprivate let attempt: Attempt
        fileprivate let number: UInt64
    }

    fileprivate struct Attempt: Hashable {
        let client: ClientKey
        let group: GroupName
        let name: Text
    }

    private struct State {
        /// Attempts whose newest call is open, or whose batch is kept.
        var newest: [Attempt: (number: UInt64, end: NIOCore.Scheduled<Void>?)] = [:]
        var last: UInt64 = 0
    }

    private static let keptFor = TimeAmount.seconds(5)

    private let state = Mutex(State())

    /// An attempt asks, for the first time or again.
    func begin(_ client: ClientKey, _ group: GroupName, _ name: Text) -> Turn {
        let attempt = Attempt(client: client, group: group, name: name)
        let (number, end) = state.withLock { state in
            state.last += 1
            defer { state.newest[attempt] = (state.last, nil) }
            return (state.last, state.newest[attempt]?.end)
        }
        end?.cancel()
        return Turn(attempt: attempt, number: number)
    }

    /// The call is over, and its batch is with its client.
    func end(_ turn: Turn) {
        state.withLock { state in
            if state.newest[turn.attempt]?.number == turn.number { state.newest[turn.attempt] = nil }
        }
    }

    /// Keeps a batch that was lost; `giveBack` is called unless its attempt asks again in time.
    func keep(_ turn: Turn, on loop: any EventLoop, giveBack: @escaping @Sendable () -> Void) {
        let end = loop.scheduleTask(in: Self.keptFor) { [self] in
            let isNewest = state.withLock { state in
                guard state.newest[turn.attempt]?.number == turn.number else { return false }
                state.newest[turn.attempt] = nil
                return true
            }
            if isNewest { giveBack() }
        }
        let isNewest = state.withLock { state in
            guard state.newest[turn.attempt]?.number == turn.number else { return false }
            state.newest[turn.attempt]?.end = end
            return true
        }
        if !isNewest { end.cancel() }
    }
}
