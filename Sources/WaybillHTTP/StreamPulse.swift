package import NIOCore
import Synchronization
package import WaybillAPI
import WaybillCore

/// Looks at a stream's connection now and then, on its event loop.
package final class StreamPulse: Sendable {
    /// Between two looks; a stream with a pace has its own.
    private static let lookEvery = TimeAmount.seconds(5)
    private static let commentEvery = TimeAmount.seconds(15)
    /// A client that takes no byte for this time is given up.
    private static let stallMax = TimeAmount.seconds(HTTPSettings.idleSecondsMax)
    /// A stream that is to end has this time to write its last item.
    private static let lastItemMax = TimeAmount.seconds(4)

    private struct State {
        var repeated: RepeatedTask?
        /// Bytes that were written to the connection.
        var written = 0
        var lastWrite: NIODeadline
        /// The most bytes that the client had taken at any look, and when that was.
        var taken = 0
        var lastTaken: NIODeadline
        /// When it was seen first that it is to end.
        var endsSince: NIODeadline?
    }

    private let stream: EventStream
    private let channel: any Channel
    private let state: Mutex<State>

    package init(_ stream: EventStream, _ channel: any Channel) {
        self.stream = stream
        self.channel = channel
        let now = channel.eventLoop.now
        state = Mutex(State(lastWrite: now, lastTaken: now))
    }

    /// Begins to look.
    package func begin() {
        let every = stream.pace.map { TimeAmount.milliseconds($0.milliseconds) } ?? Self.lookEvery
        let task = channel.eventLoop.scheduleRepeatedTask(initialDelay: every, delay: every) { [weak self] task in
            guard let self else { return task.cancel() }
            look()
        }
        state.withLock { $0.repeated = task }
    }

    /// Looks no more.
    package func end() { state.withLock { $0.repeated }?.cancel() }

    /// The same bytes, counted as written.
    package func counted(_ buffer: ByteBuffer) -> ByteBuffer {
        let now = channel.eventLoop.now
        state.withLock { state in
            state.written += buffer.readableBytes
            state.lastWrite = now
        }
        return buffer
    }

    /// Whether nothing was written for long.
    package var wantsComment: Bool {
        let now = channel.eventLoop.now
        return state.withLock { now - $0.lastWrite >= Self.commentEvery }
    }

    private func look() {
        stream.checkToken()
        let (now, waiting, isEnding) = (channel.eventLoop.now, UntakenBytes.of(channel), stream.isEnding)
        let isOver = state.withLock { state in
            if isEnding, state.endsSince == nil { state.endsSince = now }
            // What is still to be taken has its frames too, so the sum is a little low, and never too high.
            let taken = state.written - waiting
            if waiting == 0 || taken > state.taken { (state.taken, state.lastTaken) = (max(taken, state.taken), now) }
            return now - state.lastTaken >= Self.stallMax
                || state.endsSince.map { now - $0 >= Self.lastItemMax } ?? false
        }
        if isOver { return channel.close(promise: nil) }
        // A connection with bytes on their way needs no comment.
        if stream.pace != nil || waiting == 0 && wantsComment { stream.look() }
    }
}
