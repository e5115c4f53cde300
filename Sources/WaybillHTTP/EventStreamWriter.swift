import HTTPTypes
import HummingbirdCore
import NIOCore
import WaybillAPI

/// Writes a stream as server-sent events, as long as its client takes them.
///
/// ```
/// head ──► retry ──► items as they come ──► end of the body
///            every 5 s on the connection's loop: does the token stand, does the client take bytes?
///            nothing written for 15 s: a comment, so that proxies keep the connection
/// ```
/// While it waits, for news or for room in the socket, it holds no thread. A client that takes nothing gets no more
/// items: what is written ahead is bounded by the connection, and what comes stays in the file.
struct EventStreamWriter {
    private let stream: EventStream
    private let channel: any Channel

    init(_ stream: EventStream, on channel: any Channel) {
        self.stream = stream
        self.channel = channel
    }

    /// How long a client waits before it comes again.
    private static let retry = "retry: 2000\n\n"

    /// Writes until the stream is over; the answer is whole then.
    @concurrent func write(after head: HTTPResponse, to writer: consuming ResponseWriter) async throws {
        defer { stream.close() }
        let watch = await ClientWatch.tell(channel) { [stream] in stream.end(.gone) }
        defer { watch?.endTelling() }
        let pulse = StreamPulse(stream, channel)
        pulse.begin()
        defer { pulse.end() }
        var body = try await writer.writeHead(head)
        try await body.write(pulse.counted(ByteBuffer(string: ": waybill\n" + Self.retry)))
        while let items = await stream.next() {
            if items.isEmpty {
                guard pulse.wantsComment else { continue }
                try await body.write(pulse.counted(ByteBuffer(string: ":\n\n")))
            } else {
                try await body.write(pulse.counted(Self.text(of: items)))
            }
        }
        try await body.finish(nil)
    }

    private static func text(of items: [EventStream.Item]) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.reserveCapacity(items.reduce(0) { $0 + $1.data.count + 64 })
        for item in items {
            if let id = item.id { buffer.writeString("id: \(id)\n") }
            if let name = item.name { buffer.writeString("event: \(name)\n") }
            // A line end within the data, of a text that came from outside, begins another line of data.
            if !item.data.isEmpty {
                for line in item.data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
                    buffer.writeString("data: ")
                    buffer.writeBytes(line)
                    buffer.writeString("\n")
                }
            }
            buffer.writeString("\n")
        }
        return buffer
    }
}
