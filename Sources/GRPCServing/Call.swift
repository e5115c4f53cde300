package import NIOCore
import NIOHTTP2
import Synchronization

/// One call of a client, as what serves it sees it: what it says, and where its answer goes.
///
/// May be used from any thread. An answer to a call whose client is gone is dropped.
package final class Call: Sendable {
    package let head: CallHead
    package let connection: Connection
    private let stream: HTTP2StreamID
    private let state = Mutex(State())

    private struct State {
        var isLost = false
        var onLost: [@Sendable () -> Void] = []
        var note: (any Sendable)?
    }

    init(_ head: CallHead, on stream: HTTP2StreamID, of connection: Connection) {
        self.head = head
        self.stream = stream
        self.connection = connection
    }

    /// Gives the client a message. Of a unary call it is the answer.
    ///
    /// - Parameter written: told whether all of it was given to the client's connection.
    package func answer(_ message: ByteBuffer, written: (@Sendable (Bool) -> Void)? = nil) {
        connection.onLoop { $0.perform(.answer(message), on: self.stream, written: written) }
    }

    /// Gives the client messages, which have their prefixes already, and ends the call.
    package func finish(framed messages: ByteBuffer, written: (@Sendable (Bool) -> Void)? = nil) {
        connection.onLoop { $0.finish(self.stream, with: messages, written: written) }
    }

    /// Ends the call.
    package func end(_ status: RPCStatus = .ok) {
        connection.onLoop { $0.perform(.end(status), on: self.stream, written: nil) }
    }

    /// Tells when the client is gone before the call has ended; at once when it is gone already.
    package func onLost(_ body: @escaping @Sendable () -> Void) {
        let isLost = state.withLock { state in
            if !state.isLost { state.onLost.append(body) }
            return state.isLost
        }
        if isLost { body() }
    }

    /// What serves notes something about the call, for when its message has come.
    package func note(_ note: some Sendable) { state.withLock { $0.note = note } }

    /// What was noted about the call; nil: nothing of this type was.
    package func noted<Note: Sendable>(_: Note.Type) -> Note? { state.withLock { $0.note as? Note } }

    /// Calls back when there is room for an answer of some size: when the client takes what it is given, and the server
    /// does not keep too much already. At once when it is so already, or when the connection is lost.
    package func whenRoom(_ body: @escaping @Sendable () -> Void) { connection.whenRoom(body) }

    /// Whether there is room for an answer of some size.
    package var hasRoom: Bool { connection.hasRoom }

    /// Claims room for an answer that is still to be made, of this many bytes at most; false: there is none. What was
    /// claimed counts as if it waited for the client already, until it is left.
    package func claimRoom(_ bytes: Int) -> Bool { connection.claimRoom(bytes) }

    /// Leaves what was claimed: the answer is with the client's connection, or there is none.
    package func leaveRoom(_ bytes: Int) { connection.leaveRoom(bytes) }

    func tellLost() {
        let told = state.withLock { state in
            state.isLost = true
            defer { state.onLost = [] }
            return state.onLost
        }
        for body in told { body() }
    }
}

/// One connection of a client.
package final class Connection: Sendable {
    package let loop: any EventLoop
    /// Where the client has come to.
    package let local: SocketAddress?
    /// Where the client has come from, as HOST:PORT; empty: that is not known.
    package let remote: String
    /// Its place among those that may be open.
    package let seat: any Seat
    private let handler: NIOLoopBound<ConnectionHandler>
    private let limits: GRPCLimits
    private let held: HeldBytes
    /// Bytes that the client has not taken.
    private let unread = Atomic(0)
    /// Bytes of answers that are being made.
    private let claimed = Atomic(0)
    /// How many wait on the event loop for room.
    private let waitingForRoom = Atomic(0)
    private let state = Mutex(State())

    private struct State {
        var isClosed = false
        var onClose: [@Sendable () -> Void] = []
        var note: (any Sendable)?
        var loopLife: LoopLife?
    }

    init(_ handler: ConnectionHandler, of channel: any Channel, on seat: any Seat) {
        self.seat = seat
        limits = handler.limits
        held = handler.held
        loop = channel.eventLoop
        local = channel.localAddress
        remote =
            channel.remoteAddress.map { address in
                let host = address.ipAddress ?? ""
                return (host.contains(":") ? "[\(host)]" : host) + (address.port.map { ":\($0)" } ?? "")
            } ?? ""
        self.handler = NIOLoopBound(handler, eventLoop: channel.eventLoop)
    }

    /// What serves notes something about the connection, or changes what it has noted.
    package func note<Note: Sendable, Answer>(_ change: (inout Note?) -> Answer) -> Answer where Answer: Sendable {
        state.withLock { state in
            var note = state.note as? Note
            // It is held once, so that a change of it copies nothing.
            state.note = nil
            defer { state.note = note }
            return change(&note)
        }
    }

    /// Tells when the connection is closed; at once when it is closed already.
    package func onClose(_ body: @escaping @Sendable () -> Void) {
        let isClosed = state.withLock { state in
            if !state.isClosed { state.onClose.append(body) }
            return state.isClosed
        }
        if isClosed { body() }
    }

    /// Keeps the event loop running as long as anything may still be told to this connection.
    func keep(_ loopLife: LoopLife) { state.withLock { $0.loopLife = loopLife } }

    func tellClosed() {
        let told = state.withLock { state in
            state.isClosed = true
            defer { state.onClose = [] }
            return state.onClose
        }
        for body in told { body() }
    }

    /// Whether there is room for an answer of some size: see ``Call/whenRoom(_:)``.
    var hasRoom: Bool { hasRoom(besides: claimed.load(ordering: .sequentiallyConsistent)) }

    private func hasRoom(besides claimed: Int) -> Bool {
        unread.load(ordering: .relaxed) + claimed <= limits.unreadBytesOfConnectionMax && !held.isFull(.unread)
    }

    func claimRoom(_ bytes: Int) -> Bool {
        if hasRoom(besides: claimed.add(bytes, ordering: .sequentiallyConsistent).oldValue) { return true }
        leaveRoom(bytes)
        return false
    }

    func leaveRoom(_ bytes: Int) {
        claimed.subtract(bytes, ordering: .sequentiallyConsistent)
        // Who begins to wait counts itself before it looks for room, so one of the two sees the other.
        if waitingForRoom.load(ordering: .sequentiallyConsistent) > 0 { onLoop { $0.useRoom() } }
    }

    func whenRoom(_ body: @escaping @Sendable () -> Void) {
        onLoop { handler in
            self.waitingForRoom.add(1, ordering: .sequentiallyConsistent)
            handler.whenRoom {
                self.waitingForRoom.subtract(1, ordering: .sequentiallyConsistent)
                body()
            }
        }
    }

    func note(unread bytes: Int) { unread.store(bytes, ordering: .relaxed) }

    /// The server has room again for what it had none for.
    func gotRoom(for purpose: HeldBytes.Purpose) {
        loop.execute { [handler] in handler.value.gotRoom(for: purpose) }
    }

    fileprivate func onLoop(_ body: @escaping @Sendable (ConnectionHandler) -> Void) {
        if loop.inEventLoop { return body(handler.value) }
        loop.execute { [handler] in body(handler.value) }
    }

    /// Takes no new calls, and is closed when those that are open have ended.
    package func drain() { onLoop { $0.drain() } }

    /// Closed at once, whatever is open.
    func cut() { onLoop { $0.cut() } }
}
