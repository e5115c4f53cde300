import Foundation
import Testing

/// One item of a stream, as a client has it.
struct StreamedEvent: Hashable {
    var id: String?
    var name: String?
    var data: String?
}

/// Reads an answer with server-sent events from bytes that may end anywhere: head, chunks, lines.
struct StreamedAnswer {
    private(set) var head = ""
    private(set) var items: [StreamedEvent] = []
    /// Bytes of the body that came.
    private(set) var bytes = 0

    init(_ bytes: [UInt8]) {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return }
        head = String(decoding: bytes[..<end.lowerBound], as: UTF8.self)
        let body = Self.body(of: bytes[end.upperBound...])
        self.bytes = body.count
        var item = StreamedEvent()
        var rest = body[...]
        while let feed = rest.firstIndex(of: UInt8(ascii: "\n")) {
            let line = String(decoding: rest[..<feed], as: UTF8.self)
            rest = rest[(feed + 1)...]
            if line.isEmpty {
                if item != StreamedEvent() { items.append(item) }
                item = StreamedEvent()
            } else if line.hasPrefix("id: ") {
                item.id = String(line.dropFirst(4))
            } else if line.hasPrefix("event: ") {
                item.name = String(line.dropFirst(7))
            } else if line.hasPrefix("data: ") {
                item.data = String(line.dropFirst(6))
            }
        }
    }

    /// What is whole of the chunks, and what there is of the last one.
    private static func body(of chunks: ArraySlice<UInt8>) -> [UInt8] {
        var (rest, body) = (chunks, [UInt8]())
        while let feed = rest.firstRange(of: Array("\r\n".utf8)) {
            let size = Int(String(decoding: rest[..<feed.lowerBound], as: UTF8.self), radix: 16) ?? 0
            body += rest[feed.upperBound...].prefix(size)
            rest = rest[feed.upperBound...].dropFirst(size + 2)
        }
        return body
    }

    /// Ids of events, in their order.
    var events: [String] { items.filter { $0.name == "event" }.compactMap(\.id) }

    /// From where the client goes on.
    var lastID: String? { items.last { $0.id != nil }?.id }
}

extension ServedFile {
    /// Begins a stream.
    func follow(_ path: String, lastID: String? = nil) throws -> RawConnection {
        let connection = try RawConnection(port: port)
        let header = lastID.map { "Last-Event-ID: \($0)\r\n" } ?? ""
        connection.send("GET \(path) HTTP/1.1\r\nHost: localhost\r\n\(header)\r\n")
        return connection
    }

    /// What comes of a stream until it is enough, or over.
    func answer(
        _ path: String, lastID: String? = nil, until isEnough: (StreamedAnswer, Int) -> Bool
    ) throws -> StreamedAnswer {
        let connection = try follow(path, lastID: lastID)
        var bytes: [UInt8] = []
        while let more = connection.receiveSome() {
            bytes += more
            if isEnough(StreamedAnswer(bytes), bytes.count) { break }
        }
        return StreamedAnswer(bytes)
    }

    /// The positions of all events of the file.
    func positions() throws -> [String] {
        try rows("SELECT position FROM event ORDER BY position").map { "e\($0[0])" }
    }
}

/// A client that comes again from its last event whenever its stream ends, in a thread.
final class Follower: @unchecked Sendable {
    // Unchecked: guarded by `lock`.
    private let lock = NSCondition()
    private var found: [String] = []
    private var streams = 0
    private var isToEnd = false

    init(of shop: ServedFile) {
        let (port, path) = (shop.port, "/v1/events/stream?after=e0")
        Thread.detachNewThread { [self] in
            while !isOver {
                guard let connection = RawConnection(ifServedAt: port) else { continue }
                let header = lastID.map { "Last-Event-ID: \($0)\r\n" } ?? ""
                connection.send("GET \(path) HTTP/1.1\r\nHost: localhost\r\n\(header)\r\n")
                read(connection)
            }
        }
    }

    private func read(_ connection: RawConnection) {
        var bytes: [UInt8] = []
        var count = 0
        while let more = connection.receiveSome() {
            bytes += more
            let events = StreamedAnswer(bytes).events
            lock.lock()
            found += events[count...]
            lock.broadcast()
            lock.unlock()
            count = events.count
            if isOver { return }
        }
        lock.lock()
        if count > 0 { streams += 1 }
        lock.unlock()
    }

    private var isOver: Bool {
        lock.lock()
        defer { lock.unlock() }
        return isToEnd
    }

    private var lastID: String? {
        lock.lock()
        defer { lock.unlock() }
        return found.last
    }

    /// All events that came, and how many streams were cut; waits until the last one is there, a minute at most.
    func events(to last: String) -> (found: [String], cut: Int) {
        lock.lock()
        defer { lock.unlock() }
        let deadline = Deadline(seconds: 60)
        while found.last != last, deadline.wait(for: lock) {}
        isToEnd = true
        return (found, streams)
    }
}
