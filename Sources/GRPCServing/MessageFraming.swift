package import NIOCore

/// Cuts the bytes of a call into messages: each has a flag byte and four bytes of length before it, however the frames
/// lie that they come in.
package struct MessageFraming {
    /// What is wrong with the bytes of a call.
    package enum Fault: Error, Hashable, Sendable {
        /// A message is compressed; the server never says that one may be.
        case compressed
        /// A message has this many bytes, more than the limit allows. None of them is kept.
        case tooLarge(Int)
        /// The flag byte is neither 0 nor 1.
        case badFlag(UInt8)
    }

    private static let prefixBytes = 5

    let messageBytesMax: Int
    private var bytes: ByteBuffer?
    /// Whether a fault ended the reading; what comes after it is dropped.
    private var isBroken = false

    package init(messageBytesMax: Int) { self.messageBytesMax = messageBytesMax }

    /// Bytes that wait for the rest of their message.
    package var waitingBytes: Int { bytes?.readableBytes ?? 0 }

    /// Whether the client may end here: no message is cut.
    package var isBetweenMessages: Bool { waitingBytes == 0 }

    package mutating func add(_ data: ByteBuffer) {
        guard !isBroken, data.readableBytes > 0 else { return }
        if bytes == nil || waitingBytes == 0 {
            bytes = data
        } else {
            var data = data
            bytes?.writeBuffer(&data)
        }
    }

    /// The next whole message; nil: there is none yet.
    package mutating func next() throws(Fault) -> ByteBuffer? {
        guard !isBroken, let waiting = bytes, waiting.readableBytes >= Self.prefixBytes,
            let flag = waiting.getInteger(at: waiting.readerIndex, as: UInt8.self),
            let length = waiting.getInteger(at: waiting.readerIndex + 1, as: UInt32.self)
        else { return nil }
        guard flag == 0 else { throw broken(by: flag == 1 ? .compressed : .badFlag(flag)) }
        guard length <= messageBytesMax else { throw broken(by: .tooLarge(Int(length))) }
        guard waiting.readableBytes >= Self.prefixBytes + Int(length) else {
            reserve(Self.prefixBytes + Int(length))
            return nil
        }
        bytes?.moveReaderIndex(forwardBy: Self.prefixBytes)
        let message = bytes?.readSlice(length: Int(length))
        if waitingBytes == 0 { bytes = nil }
        return message
    }

    /// Makes room for a whole message once, instead of each time a frame comes; at most 64 KiB ahead of what is there,
    /// so that a length alone takes no memory.
    private mutating func reserve(_ count: Int) {
        let missing = min(count - waitingBytes, 64 << 10)
        bytes?.reserveCapacity(minimumWritableBytes: missing)
    }

    private mutating func broken(by fault: Fault) -> Fault {
        isBroken = true
        bytes = nil
        return fault
    }

    /// A message with its prefix, as it goes out.
    package static func framed(_ message: ByteBuffer) -> ByteBuffer {
        var framed = ByteBufferAllocator().buffer(capacity: prefixBytes + message.readableBytes)
        framed.writeInteger(UInt8(0))
        framed.writeInteger(UInt32(clamping: message.readableBytes))
        framed.writeImmutableBuffer(message)
        return framed
    }

    /// What goes out before a message.
    package static func prefix(of message: ByteBuffer) -> ByteBuffer {
        var prefix = ByteBufferAllocator().buffer(capacity: prefixBytes)
        prefix.writeInteger(UInt8(0))
        prefix.writeInteger(UInt32(clamping: message.readableBytes))
        return prefix
    }
}
