import NIOCore
import NIOHPACK
import NIOHTTP2

/// What happens to the calls of a connection: each event is decided by the call's machine, and carried out here.
extension ConnectionHandler {
    /// Lets something happen to a call.
    func perform(_ event: CallMachine.Event, on id: HTTP2StreamID, written: (@Sendable (Bool) -> Void)?) {
        guard calls[id] != nil else {
            // What serves is done with a call whose client had gone.
            switch event {
            case .end, .answer: abandoned.remove(id)
            case .message, .fault, .halfClosed, .lost: break
            }
            written?(false)
            endIfDrained()
            return
        }
        step(id, written: written) { $0.on(event) }
    }

    /// Gives a call its last messages, which have their prefixes, and ends it.
    func finish(_ id: HTTP2StreamID, with messages: ByteBuffer, written: (@Sendable (Bool) -> Void)?) {
        guard calls[id] != nil else { return perform(.end(.ok), on: id, written: written) }
        step(id) { $0.openAnswer() }
        writeData(id, messages, written)
        perform(.end(.ok), on: id, written: nil)
    }

    func step(
        _ id: HTTP2StreamID, written: (@Sendable (Bool) -> Void)? = nil,
        _ body: (inout CallMachine) -> [CallMachine.Action]
    ) {
        guard var open = calls[id] else { return }
        let wasInWork = open.machine.isInWork
        let actions = body(&open.machine)
        if open.unfinishedBytes > 0, open.machine.isOver || open.machine.isClientDone {
            addUnfinished(-open.unfinishedBytes)
            open.unfinishedBytes = 0
        }
        if open.machine.isOver {
            calls[id] = nil
            if wasInWork, actions.first == .tellLost { abandoned.insert(id) }
        } else {
            calls[id] = open
        }
        var written = written
        for action in actions { carryOut(action, id, open, &written) }
        written?(false)
        endIfDrained()
    }

    func carryOut(
        _ action: CallMachine.Action, _ id: HTTP2StreamID, _ open: Open, _ written: inout (@Sendable (Bool) -> Void)?
    ) {
        switch action {
        case .begin: if case .bothWays(let begin) = open.rpc.kind { listen(begin(open.call), id) }
        case .hand(let message): hand(message, id, open)
        case .handEnd: listeners[id]?.onEnd()
        case .tellLost:
            listeners[id] = nil
            open.call.tellLost()
        case .writeHeaders:
            write(id, .headers(.init(headers: Self.begin)))
            flushSoon()
        case .write(let message):
            writeMessage(id, message, written)
            written = nil
        case .writeEnd(let status, let alone):
            listeners[id] = nil
            writeEnd(id, status, alone: alone)
        case .stopClient:
            // A reset goes ahead of messages that wait to be flushed, and drops them.
            flush()
            write(id, .rstStream(.noError))
            flushSoon()
        }
    }

    func listen(_ listener: RPC.Listener, _ id: HTTP2StreamID) {
        // It may have ended the call at once.
        if calls[id] != nil { listeners[id] = listener }
    }

    func hand(_ message: ByteBuffer, _ id: HTTP2StreamID, _ open: Open) {
        switch open.rpc.kind {
        case .unary(let serve), .serverStream(let serve): serve(message, open.call)
        case .bothWays: listeners[id]?.onMessage(message)
        }
    }
}
