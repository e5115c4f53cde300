import NIOCore
import NIOHTTP2

/// What a client sends of its messages, and how much of it may come on.
extension ConnectionHandler {
    func read(_ id: HTTP2StreamID, _ data: HTTP2Frame.FramePayload.Data) {
        guard calls[id] != nil else { return }
        var count = 0
        // In place: a copy of what waits would be copied again with each frame.
        if case .byteBuffer(let bytes) = data.data {
            count = bytes.readableBytes
            calls[id]?.framing.add(bytes)
        }
        do throws(MessageFraming.Fault) {
            while let message = try calls[id]?.framing.next() { perform(.message(message), on: id, written: nil) }
        } catch {
            return fault(error, id)
        }
        if data.endStream {
            if let open = calls[id] { endOfRequest(id, open) }
        } else {
            countUnfinished(id, count)
        }
    }

    func endOfRequest(_ id: HTTP2StreamID, _ open: Open) {
        perform(.halfClosed(withinMessage: !open.framing.isBetweenMessages), on: id, written: nil)
    }

    func fault(_ fault: MessageFraming.Fault, _ id: HTTP2StreamID) {
        switch fault {
        case .compressed:
            perform(.fault(RPCStatus(.unimplemented, "messages are not compressed here")), on: id, written: nil)
        case .badFlag(let flag):
            perform(.fault(RPCStatus(.internal, "\(flag) is no flag of a message")), on: id, written: nil)
        case .tooLarge(let count):
            if let answer = calls[id]?.rpc.tooLarge { return perform(.answer(answer), on: id, written: nil) }
            let status = RPCStatus(
                .internal, "a message of \(count) bytes; at most \(calls[id]?.framing.messageBytesMax ?? 0) are taken")
            perform(.fault(status), on: id, written: nil)
        }
    }

    /// Notes what has come of a message that is not whole.
    private func countUnfinished(_ id: HTTP2StreamID, _ count: Int) {
        guard let open = calls[id] else { return }
        let bytes = open.framing.waitingBytes + open.machine.requestBytes
        guard bytes > 0 || open.unfinishedBytes > 0 else { return }
        // The time of a call with one message began with its headers.
        let isBegun = open.unfinishedBytes == 0 && !open.machine.isComing
        if isBegun || open.bytesSince + count >= limits.progressBytes {
            calls[id]?.progressAt = habits.heardAt
            calls[id]?.bytesSince = 0
        } else {
            calls[id]?.bytesSince += count
        }
        calls[id]?.unfinishedBytes = bytes
        addUnfinished(bytes - open.unfinishedBytes)
        if bytes >= limits.smallMessageBytesMax, held.isOverfull(.unfinished) {
            perform(
                .fault(RPCStatus(.unavailable, "too many messages are being sent to the server at once")), on: id,
                written: nil)
        }
    }

    func addUnfinished(_ bytes: Int) {
        guard bytes != 0 else { return }
        unfinishedBytes += bytes
        held.add(bytes, .unfinished)
    }

    /// Lets the client send on when half of a window is used. Said after the frame that used it.
    func refill(_ event: NIOHTTP2WindowUpdatedEvent) {
        guard let size = event.inboundWindowSize, size <= fullWindow(of: event.streamID) / 2 else { return }
        refill(event.streamID, size)
    }

    private func fullWindow(of id: HTTP2StreamID) -> Int {
        id == .rootStream ? limits.connectionWindow : limits.callWindow
    }

    private func refill(_ id: HTTP2StreamID, _ size: Int) {
        var isLarge = unfinishedBytes > limits.connectionWindow
        if id != .rootStream {
            guard let open = calls[id], !open.machine.isClientDone else { return }
            isLarge = open.unfinishedBytes >= limits.smallMessageBytesMax
        }
        if unread.bytes > limits.unreadBytesOfConnectionMax
            || unread.bytes > limits.smallMessageBytesMax && held.isFull(.unread)
        {
            return closeWindow(id, size, until: .unread)
        }
        if isLarge, held.isFull(.unfinished) {
            return closeWindow(id, size, until: .unfinished)
        }
        write(id, .windowUpdate(windowSizeIncrement: fullWindow(of: id) - size))
        flushSoon()
    }

    /// Opens the window when there is room again.
    private func closeWindow(_ id: HTTP2StreamID, _ size: Int, until purpose: HeldBytes.Purpose) {
        closedWindows[id] = size
        awaitRoom(for: purpose)
    }

    private func awaitRoom(for purpose: HeldBytes.Purpose) {
        guard held.isFull(purpose), let connection, awaited.insert(purpose).inserted else { return }
        held.whenRoom(for: purpose) { connection.gotRoom(for: purpose) }
    }

    func gotRoom(for purpose: HeldBytes.Purpose) {
        awaited.remove(purpose)
        useRoom()
    }

    /// Opens the windows for which there is room, and tells those who wait for it.
    func useRoom() {
        let closed = closedWindows
        closedWindows = [:]
        for (id, size) in closed { refill(id, size) }
        guard let connection, !waitingForRoom.isEmpty else { return }
        guard connection.hasRoom else { return awaitRoom(for: .unread) }
        let waiting = waitingForRoom
        waitingForRoom = []
        for body in waiting { body() }
    }

    func whenRoom(_ body: @escaping @Sendable () -> Void) {
        guard let connection, !connection.hasRoom else { return body() }
        waitingForRoom.append(body)
        awaitRoom(for: .unread)
    }
}
