import GRPCServing
import Synchronization
import WaybillBroker
import WaybillCore
import WaybillTimeouts

/// The room for one batch among the answers that a client has not taken yet. Nothing is leased for a client that does
/// not read: what it holds would be kept from others, and from memory.
final class BatchPlace: Sendable {
    /// Bytes that a batch counts for until it is written. It may have four times as many.
    private static let claimedBytes = 1 << 20

    private let call: Call
    private let state = Mutex(State())

    private struct State {
        var isClaimed = false
        /// It is waited for no longer.
        var isGivenUp = false
        var waiting: AsyncStream<Void>.Continuation?
    }

    init(_ call: Call) { self.call = call }

    /// Whether there is room; it is this batch's from then on.
    func claim() -> Bool {
        state.withLock { state in
            if !state.isClaimed { state.isClaimed = call.claimRoom(Self.claimedBytes) }
            return state.isClaimed
        }
    }

    /// There is no batch, or it is written.
    func leave() {
        let wasClaimed = state.withLock { state in
            defer { state.isClaimed = false }
            return state.isClaimed
        }
        if wasClaimed { call.leaveRoom(Self.claimedBytes) }
    }

    /// A wait for room is over: nothing takes it any more.
    func giveUp() {
        let waiting = state.withLock { state in
            state.isGivenUp = true
            return state.waiting
        }
        waiting?.finish()
    }

    /// Claims room, and waits for it when there is none; false: there was none in time, or it was given up.
    func claim(until end: Interval, in world: World) async -> Bool {
        while !claim() {
            let rest = end - world.uptime()
            guard rest.milliseconds > 0, world.virtualClock == nil else { return false }
            let (told, tell) = AsyncStream.makeStream(of: Void.self)
            let isGivenUp = state.withLock { state in
                state.waiting = tell
                return state.isGivenUp
            }
            guard !isGivenUp else { return false }
            call.whenRoom { tell.finish() }
            await withTaskGroup(of: Void.self) { group in
                group.addTask { for await _ in told {} }
                group.addTask { await world.rest(rest) }
                await group.next()
                group.cancelAll()
            }
        }
        return true
    }
}
