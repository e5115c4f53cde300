import GRPCServing
import NIOCore
import RocketMQProto
import Synchronization
import WaybillBroker
import WaybillCore
import WaybillEngine
import WaybillTimeouts

/// A receive of a client from its question to its answer. While nothing is there this is all that is kept of it: no
/// task waits.
final class OpenReceive: Sendable {
    let request: ReceiveRequest
    /// As the client has named it.
    let topic: MQResource
    let caller: Caller
    let call: Call
    let turn: KeptBatches.Turn?
    let begun: NIODeadline
    /// The room for its batch.
    let room: BatchPlace
    /// By uptime.
    let deadline: Interval
    private let state = Mutex(State())

    private struct State {
        /// Its client is gone, or the server stops.
        var isEnded = false
        var hasMadeGroup = false
        /// Where it waits, or did last.
        var place: ReceivePlace?
        var waiting: UInt64?
        /// Its number among what ends when the server stops.
        var wait: UInt64?
    }

    init(
        _ request: ReceiveRequest, topic: MQResource, _ caller: Caller, _ call: Call, _ turn: KeptBatches.Turn?,
        since begun: NIODeadline, until deadline: Interval
    ) {
        self.request = request
        self.topic = topic
        self.caller = caller
        self.call = call
        self.turn = turn
        self.begun = begun
        room = BatchPlace(call)
        self.deadline = deadline
    }

    func keep(_ wait: UInt64) { state.withLock { $0.wait = wait } }

    var wait: UInt64? { state.withLock { $0.wait } }
    var isEnded: Bool { state.withLock { $0.isEnded } }
    /// Where it waited last; nil: it has not waited.
    var place: ReceivePlace? { state.withLock { $0.place } }

    /// Notes that its group is made for it; false: it was before.
    func makesGroup() -> Bool {
        state.withLock { state in
            defer { state.hasMadeGroup = true }
            return !state.hasMadeGroup
        }
    }

    /// Begins to wait; `look` is called when it is to look again.
    func wait(at place: ReceivePlace, by engine: Engine, look: @escaping @Sendable () -> Void) -> ReceiveWait {
        state.withLock { $0.place = place }
        let wait = engine.wait(request, at: place, until: deadline, resume: look)
        guard case .begun(let number) = wait else { return wait }
        let isEnded = state.withLock { state in
            state.waiting = number
            return state.isEnded
        }
        // It may have been ended before its wait was known.
        if isEnded { engine.endWait(number, at: place) }
        return wait
    }

    /// Its client is gone, or the server stops: a wait is over.
    func end(by engine: Engine) {
        let (waiting, place) = state.withLock { state in
            state.isEnded = true
            return (state.waiting, state.place)
        }
        room.giveUp()
        if let waiting, let place { engine.endWait(waiting, at: place) }
    }
}
