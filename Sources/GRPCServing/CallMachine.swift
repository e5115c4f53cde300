package import NIOCore

/// The life of one call, decided without a socket: events in, actions out.
///
/// ```
/// reading ──a whole request──► working ──answer──► ended
///    │                            │  ▲
///    │ both ways: works at once   │  └── messages out, as many as there are
///    └── a fault: an answer of gRPC's own, and what the client still sends is stopped
/// ```
///
/// What serves a call is told when the client breaks it off, by going away or by sending what cannot be read. An ended
/// call takes no event any more: what comes late is dropped.
package struct CallMachine {
    /// What goes in and out of the call.
    package enum Kind: Hashable, Sendable {
        case unary
        case serverStream
        case bothWays
    }

    package enum Event {
        /// The client has sent a whole message.
        case message(ByteBuffer)
        /// What the client sends cannot be read.
        case fault(RPCStatus)
        /// The client sends nothing more; whether it has ended within a message.
        case halfClosed(withinMessage: Bool)
        /// The client has reset the call, or its connection is lost.
        case lost
        /// What serves has a message for the client. Of a unary call it is the answer, and ends it.
        case answer(ByteBuffer)
        /// What serves ends the call.
        case end(RPCStatus)
    }

    package enum Action: Equatable {
        /// What serves is told of a call that goes both ways.
        case begin
        /// What serves is given a message.
        case hand(ByteBuffer)
        /// What serves is told that the client sends nothing more.
        case handEnd
        /// What serves is told that the client is gone.
        case tellLost
        case writeHeaders
        case write(ByteBuffer)
        /// The end of the call; alone: nothing was written before it.
        case writeEnd(RPCStatus, alone: Bool)
        /// The client is told to send no more of what it is about to send.
        case stopClient
    }

    private let kind: Kind
    private var request: ByteBuffer?
    private var isHanded = false
    private var hasHeaders = false
    private var isEnded = false
    /// Whether the client sends nothing more.
    package private(set) var isClientDone = false

    package init(_ kind: Kind) { self.kind = kind }

    /// Whether what serves has it, and has not answered.
    package var isInWork: Bool { isHanded && !isEnded }
    package var isOver: Bool { isEnded }
    /// Whether what serves has not got it yet: its request has not come whole.
    package var isComing: Bool { !isHanded && !isEnded }
    /// Bytes of a message that has come, and whose client has not said that it was all.
    package var requestBytes: Int { request?.readableBytes ?? 0 }

    /// The first actions of a call.
    package mutating func begin() -> [Action] {
        guard kind == .bothWays else { return [] }
        isHanded = true
        hasHeaders = true
        // Some clients wait for the headers before they write.
        return [.writeHeaders, .begin]
    }

    /// The headers of the answer, unless they are written already.
    mutating func openAnswer() -> [Action] {
        guard !hasHeaders, !isEnded else { return [] }
        hasHeaders = true
        return [.writeHeaders]
    }

    package mutating func on(_ event: Event) -> [Action] {
        guard !isEnded else { return [] }
        switch event {
        case .message(let message): return take(message)
        case .fault(let status): return breakOff(status)
        case .halfClosed(let withinMessage): return halfClose(withinMessage)
        case .lost:
            isEnded = true
            return isHanded ? [.tellLost] : []
        case .answer(let message): return answer(message)
        case .end(let status): return end(status)
        }
    }

    private mutating func take(_ message: ByteBuffer) -> [Action] {
        if kind == .bothWays { return [.hand(message)] }
        guard request == nil, !isHanded else {
            return breakOff(RPCStatus(.internal, "the call takes one message, and a second one came"))
        }
        request = message
        return []
    }

    private mutating func halfClose(_ withinMessage: Bool) -> [Action] {
        isClientDone = true
        if withinMessage { return breakOff(RPCStatus(.internal, "the request ended within a message")) }
        if kind == .bothWays { return [.handEnd] }
        guard let request else { return breakOff(RPCStatus(.internal, "the request ended without a message")) }
        isHanded = true
        self.request = nil
        guard kind == .serverStream else { return [.hand(request)] }
        hasHeaders = true
        return [.writeHeaders, .hand(request)]
    }

    private mutating func answer(_ message: ByteBuffer) -> [Action] {
        var actions: [Action] = hasHeaders ? [.write(message)] : [.writeHeaders, .write(message)]
        hasHeaders = true
        if kind == .unary { actions += end(.ok) }
        return actions
    }

    /// Ends the call because of what its client does; what serves it has not ended it, and is told.
    private mutating func breakOff(_ status: RPCStatus) -> [Action] {
        isHanded ? [.tellLost] + end(status) : end(status)
    }

    private mutating func end(_ status: RPCStatus) -> [Action] {
        isEnded = true
        request = nil
        let end = Action.writeEnd(status, alone: !hasHeaders)
        return isClientDone ? [end] : [end, .stopClient]
    }
}
