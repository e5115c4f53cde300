package import NIOCore

/// One remote procedure that is served: its path, what goes in and out, and what answers it.
///
/// What answers is called on the event loop of the call's connection, which must not wait. It answers each call once,
/// from any thread, also a call whose client is gone: until then the call counts as work of its connection.
package struct RPC: Sendable {
    /// What goes in and out of a call.
    package enum Kind: Sendable {
        /// One message in, one out.
        case unary(@Sendable (ByteBuffer, Call) -> Void)
        /// One message in, any number out.
        case serverStream(@Sendable (ByteBuffer, Call) -> Void)
        /// Any number both ways.
        case bothWays(@Sendable (Call) -> Listener)
    }

    /// What hears the messages of a call that goes both ways.
    package struct Listener: Sendable {
        let onMessage: @Sendable (ByteBuffer) -> Void
        let onEnd: @Sendable () -> Void

        /// - Parameters:
        ///   - onMessage: told each message of the client, in order.
        ///   - onEnd: told that the client sends nothing more.
        package init(
            onMessage: @escaping @Sendable (ByteBuffer) -> Void, onEnd: @escaping @Sendable () -> Void
        ) {
            self.onMessage = onMessage
            self.onEnd = onEnd
        }
    }

    /// As it stands in a request: `/package.Service/Method`.
    package let path: String
    package let kind: Kind
    /// The answer to a message that is larger than may be; nil: the call ends with INTERNAL.
    package let tooLarge: ByteBuffer?
    /// Bytes of one message that a client sends; nil: as many as the server takes.
    package let bytesMax: Int?
    let onHeaders: (@Sendable (Call) -> Void)?

    /// - Parameter onHeaders: told each call before anything of its messages is kept. It may answer or end the call:
    ///   what the client sends of it is dropped then. What it learns of the call, the call can note.
    package init(
        _ path: String, _ kind: Kind, tooLarge: ByteBuffer? = nil, bytesMax: Int? = nil,
        onHeaders: (@Sendable (Call) -> Void)? = nil
    ) {
        self.path = path
        self.kind = kind
        self.tooLarge = tooLarge
        self.bytesMax = bytesMax
        self.onHeaders = onHeaders
    }
}

/// How a call ends, in gRPC's words.
package struct RPCStatus: Error, Hashable, Sendable {
    /// The codes of gRPC that a server here ends calls with.
    package enum Code: Int, Sendable {
        case ok = 0
        case invalidArgument = 3
        case deadlineExceeded = 4
        case resourceExhausted = 8
        case unimplemented = 12
        case `internal` = 13
        case unavailable = 14
    }

    package let code: Code
    package let message: String

    package init(_ code: Code, _ message: String = "") {
        self.code = code
        self.message = message
    }

    package static let ok = RPCStatus(.ok)

    /// The message as a header may carry it: percent signs and all that is not printable ASCII are escaped.
    package var escapedMessage: String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in message.utf8 {
            if (0x20...0x7E).contains(byte), byte != UInt8(ascii: "%") {
                bytes.append(byte)
            } else {
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
