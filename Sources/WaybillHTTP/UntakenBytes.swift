import NIOCore

/// How many bytes of answers wait for a client to take them.
enum UntakenBytes {
    /// Those of a connection, or of a stream of one. On the event loop.
    static func of(_ channel: any Channel) -> Int {
        // A stream has no socket, and ends the process when it is asked about one.
        if let stream = HTTP2Stream.of(channel) { return stream.untakenBytes }
        return ofSocket(channel)
    }

    /// Those that were written to a connection's socket, and are not taken by the system yet.
    static func ofSocket(_ channel: any Channel) -> Int {
        do { return try channel.syncOptions?.getOption(.bufferedWritableBytes) ?? 0 } catch { return 0 }
    }
}
