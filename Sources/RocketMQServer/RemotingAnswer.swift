import NIOCore

/// What a client of the 4.x remoting protocol is told: it has come to the wrong kind of server. Such a client prints
/// the remark of the answer in its exception.
enum RemotingAnswer {
    private static let remark =
        "Waybill speaks the RocketMQ 5 gRPC protocol here, not the 4.x remoting protocol of port 9876; "
        + "use a RocketMQ 5 client"
    private static let bytesMax: UInt32 = 16 << 20

    /// The answer to the first bytes of a request of that protocol; nil: they are none.
    ///
    /// A request is a length of four bytes, a byte that says how its header is written, three bytes of the header's
    /// length, the header and a body.
    static func to(_ bytes: [UInt8]) -> ByteBuffer? {
        guard bytes.count >= 8 else { return nil }
        let length = number(bytes[0..<4])
        let header = number(bytes[5..<8])
        guard length > 4, length < bytesMax, bytes[4] <= 1, header > 0, header <= length - 4 else { return nil }
        // Which request it is lies further on than is looked at; without its number a client still prints the remark.
        let answer =
            "{\"code\":1,\"flag\":1,\"opaque\":\(opaque(bytes)),\"language\":\"OTHER\",\"version\":0,"
            + "\"serializeTypeCurrentRPC\":\"JSON\",\"remark\":\"\(remark)\"}"
        var buffer = ByteBuffer()
        buffer.writeInteger(UInt32(answer.utf8.count + 4))
        buffer.writeInteger(UInt32(answer.utf8.count))
        buffer.writeString(answer)
        return buffer
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        bytes.reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// The number of a request whose header is JSON, when it stands in the first bytes; else 0.
    private static func opaque(_ bytes: [UInt8]) -> Int {
        let text = String(decoding: bytes.dropFirst(8), as: UTF8.self)
        guard let range = text.firstRange(of: "\"opaque\":") else { return 0 }
        return Int(text[range.upperBound...].prefix { $0.isASCII && $0.isNumber }) ?? 0
    }
}
