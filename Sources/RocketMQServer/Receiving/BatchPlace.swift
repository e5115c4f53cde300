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
    private let state = Mutex((isClaimed: false, wasRefused: false))

    init(_ call: Call) { self.call = call }

    /// Whether there is room; it is this batch's from then on.
    func claim() -> Bool {
        state.withLock { state in
            if !state.isClaimed { state.isClaimed = call.claimRoom(Self.claimedBytes) }
            if !state.isClaimed { state.wasRefused = true }
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

    /// Whether there was no room since this was asked last.
    func wasRefused() -> Bool {
        state.withLock { state in
            defer { state.wasRefused = false }
            return state.wasRefused
        }
    }

    /// Claims room, and waits for it when there is none; false: there was none in time, or the wait was cancelled.
    func claim(until end: Interval, in world: World) async -> Bool {
        while !claim() {
            let rest = end - world.uptime()
            guard rest.milliseconds > 0, !Task.isCancelled, world.virtualClock == nil else { return false }
            let (told, tell) = AsyncStream.makeStream(of: Void.self)
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
