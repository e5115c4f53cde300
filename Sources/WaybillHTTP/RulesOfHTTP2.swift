import NIOCore
import NIOHTTP2

/// Ends a connection of HTTP/2 whose client does not keep to the rules. Without an end the connection would stay, and
/// everything that comes on it would be passed over.
///
/// What is wrong with one stream ends that stream only. The errors are the same; but before one that ends a connection
/// a GOAWAY with its reason is written.
final class RulesOfHTTP2: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTP2Frame
    typealias InboundOut = HTTP2Frame

    private let farewell: FarewellWatch

    init(_ farewell: FarewellWatch) { self.farewell = farewell }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if farewell.wasLast { context.close(promise: nil) }
    }
}

/// Sees whether what was written last on a connection of HTTP/2 is a GOAWAY with an error.
final class FarewellWatch: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private(set) var wasLast = false

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        wasLast = Self.isFarewell(unwrapOutboundIn(data))
        context.write(data, promise: promise)
    }

    /// Length 8, type 7, no flags, of no stream; the last stream, and a code that is not 0.
    private static func isFarewell(_ frame: ByteBuffer) -> Bool {
        var frame = frame
        guard frame.readableBytes == 17, let head = frame.readInteger(as: UInt32.self),
            let flags = frame.readInteger(as: UInt8.self), let stream = frame.readInteger(as: UInt32.self),
            frame.readInteger(as: UInt32.self) != nil, let code = frame.readInteger(as: UInt32.self)
        else { return false }
        return head == 0x0000_0807 && flags == 0 && stream == 0 && code != 0
    }
}
