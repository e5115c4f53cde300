package import NIOCore
import NIOHTTP2

/// The bounds of a server and of each of its connections.
package struct GRPCLimits: Sendable {
    /// Bytes of one message that a client sends.
    package var messageBytesMax = 5 << 20
    /// Calls of one connection that may be open at a time.
    package var callsMax = 512
    /// Bytes that a client may send ahead in one call, and in one connection.
    package var callWindow = 1 << 20
    package var connectionWindow = 4 << 20
    /// Bytes of one frame that a client may send.
    package var frameBytesMax = 64 << 10
    /// Calls of a connection in work, those among them that the client has given up.
    package var inWorkMax = 1_024
    /// Calls that a client may give up in ``patience`` before most of its calls must come to their end.
    package var abandonedMax = 1_000
    /// Pings that a client may send in ``patience`` while it gets nothing else.
    package var idlePingsMax = 100
    package var patience = TimeAmount.seconds(10)
    /// A client that has sent no byte for this time is pinged; after the same time again its connection is closed.
    package var silenceMax = TimeAmount.seconds(20)
    /// A connection that has had no open call for this time is closed.
    package var idleMax = TimeAmount.minutes(5)
    /// For the first bytes of a connection.
    package var firstBytesWithin = TimeAmount.seconds(5)
    /// A call is dropped when its client takes nothing of its answer for this time, or sends too little of a request.
    package var stallMax = TimeAmount.seconds(30)
    /// Bytes of a request that count as progress; a smaller message has ``stallMax`` to come whole.
    package var progressBytes = 16 << 10
    /// Bytes of messages that have not come whole, of all connections. Beyond it only small messages may come on.
    package var unfinishedBytesMax = 128 << 20
    /// Bytes of a message that is small.
    package var smallMessageBytesMax = 64 << 10
    /// Bytes of answers that clients have not taken, of all connections, and of one. Beyond it a connection with such
    /// answers may send no more.
    package var unreadBytesMax = 128 << 20
    package var unreadBytesOfConnectionMax = 16 << 20
    /// Bytes of a connection that are read before others have their turn, in one piece.
    package var readBytesMax = 16 << 10

    package init() {}
}

extension NIOHTTP2Handler {
    /// HTTP/2 of a server, with bounds that honest clients do not meet.
    ///
    /// NIO's own bounds end connections of clients that do nothing wrong: a client that measures the bandwidth sends
    /// one ping for each call, and a producer whose server was slow resets all its calls in one millisecond. Each bound
    /// costs eight bytes of memory for each of its count, so windows are short and counts small.
    static func serving(_ limits: GRPCLimits) -> NIOHTTP2Handler {
        var connection = ConnectionConfiguration()
        connection.initialSettings = [
            HTTP2Setting(parameter: .maxConcurrentStreams, value: limits.callsMax),
            HTTP2Setting(parameter: .initialWindowSize, value: limits.callWindow),
            HTTP2Setting(parameter: .maxFrameSize, value: limits.frameBytesMax),
            HTTP2Setting(parameter: .maxHeaderListSize, value: 16 << 10),
        ]
        // CallHead checks what is used, at a fifth of the cost.
        connection.headerBlockValidation = .disabled
        connection.contentLengthValidation = .disabled
        connection.controlFrameRateLimit.maximumCount = 500
        connection.controlFrameRateLimit.windowLength = .milliseconds(25)
        // A counter for the life of a connection, and connections live for months.
        connection.maximumConnectionGlitches = 100_000
        connection.maximumRecentlyResetStreams = 1_024
        var stream = StreamConfiguration()
        stream.streamResetFrameRateLimit.maximumCount = 1_100
        stream.streamResetFrameRateLimit.windowLength = .milliseconds(500)
        stream.streamErrorRateLimit.maximumCount = 500
        stream.streamErrorRateLimit.windowLength = .seconds(1)
        return NIOHTTP2Handler(mode: .server, connectionConfiguration: connection, streamConfiguration: stream)
    }
}
