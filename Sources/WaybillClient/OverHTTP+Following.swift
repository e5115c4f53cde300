import HTTPTypes
import NIOCore
import NIOHTTPTypes
import Synchronization
import WaybillAPI
import WaybillCore

extension OverHTTP {
    /// What becomes of a question for a stream.
    enum Followed: Sendable {
        /// It was answered in another way: a problem, or that there is nothing.
        case answered(Reply)
        case ended(StreamEnd)
    }

    /// A server says something at least every 15 s; one that does not is lost.
    private static let silenceSecondsMax: Int64 = 45

    /// Hands each item on as it comes, until one is the last, or `take` answers false.
    func follow(
        _ question: Question, _ take: @escaping @Sendable (StreamedItem) async throws -> Bool
    ) async throws -> Followed {
        let connection = try await connect()
        return try await connection.executeThenClose { inbound, outbound in
            let watch = SilenceWatch(connection.channel, secondsMax: Self.silenceSecondsMax)
            defer { watch.end() }
            do {
                try await outbound.write(contentsOf: parts(of: question))
            } catch {
                return .ended(.interrupted)
            }
            return try await Self.items(inbound, watch, take)
        }
    }

    private static func items(
        _ parts: NIOAsyncChannelInboundStream<HTTPResponsePart>, _ watch: SilenceWatch,
        _ take: @Sendable (StreamedItem) async throws -> Bool
    ) async throws -> Followed {
        var other: Reply?
        var reader = EventStreamReader()
        var iterator = parts.makeAsyncIterator()
        while true {
            let part: HTTPResponsePart?
            do { part = try await iterator.next() } catch { return .ended(.interrupted) }
            watch.hears()
            switch part {
            case nil: return .ended(.interrupted)
            case .head(let head):
                guard head.status.code != 200 else { continue }
                other = Reply(head.status.code, contentType: head.headerFields[.contentType])
            case .body(let buffer):
                guard other == nil else {
                    other?.body += Array(buffer.readableBytesView)
                    continue
                }
                for item in try reader.read(buffer.readableBytesView) {
                    switch item.name {
                    case "end": return .ended(.over)
                    case "bye": return .ended(.interrupted)
                    default: guard try await take(item) else { return .ended(.left) }
                    }
                }
            case .end: return other.map { .answered($0) } ?? .ended(.interrupted)
            }
        }
    }
}

/// Closes a connection on which nothing is heard any more.
private final class SilenceWatch: Sendable {
    private let state: Mutex<(last: NIODeadline, task: RepeatedTask?)>
    private let channel: any Channel

    init(_ channel: any Channel, secondsMax: Int64) {
        self.channel = channel
        state = Mutex((channel.eventLoop.now, nil))
        let every = TimeAmount.seconds(secondsMax / 3)
        let task = channel.eventLoop.scheduleRepeatedTask(initialDelay: every, delay: every) { [weak self] task in
            guard let self else { return task.cancel() }
            let last = state.withLock { $0.last }
            if channel.eventLoop.now - last > .seconds(secondsMax) { channel.close(promise: nil) }
        }
        state.withLock { $0.task = task }
    }

    func hears() {
        let now = channel.eventLoop.now
        state.withLock { $0.last = now }
    }

    func end() { state.withLock { $0.task }?.cancel() }
}
