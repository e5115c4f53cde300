import GRPCServing
import NIOCore

/// What a client of the 4.x remoting protocol is told: it has come to the wrong kind of server. Such a client prints
/// the remark of the answer in its exception.
enum RemotingAnswer {
    private static let remark =
        "Waybill speaks the RocketMQ 5 gRPC protocol here, not the 4.x remoting protocol of port 9876; "
        + "use a RocketMQ 5 client"
    private static let bytesMax: UInt32 = 16 << 20

    private static let prefixBytes = 8
    /// Bytes of a header that are looked at: all of every client's.
    private static let headerBytesMax = 4_000

    /// The answer to the first bytes of a request of that protocol.
    ///
    /// A request is a length of four bytes, a byte that says how its header is written, three bytes of the header's
    /// length, the header and a body. The header says which request it is: with its number in the answer, the client
    /// finds who waits for it.
    static func to(_ bytes: [UInt8]) -> OtherProtocol {
        guard bytes.count >= prefixBytes else { return .more }
        let length = number(bytes[0..<4])
        let header = number(bytes[5..<8])
        guard length > 4, length < bytesMax, bytes[4] <= 1, header > 0, header <= length - 4 else { return .unknown }
        let headerBytes = min(Int(header), headerBytesMax)
        guard bytes.count >= prefixBytes + headerBytes else { return .more }
        let answer =
            "{\"code\":1,\"flag\":1,\"opaque\":\(opaque(bytes[prefixBytes..<prefixBytes + headerBytes])),"
            + "\"language\":\"OTHER\",\"version\":0,\"serializeTypeCurrentRPC\":\"JSON\",\"remark\":\"\(remark)\"}"
        var buffer = ByteBuffer()
        buffer.writeInteger(UInt32(answer.utf8.count + 4))
        buffer.writeInteger(UInt32(answer.utf8.count))
        buffer.writeString(answer)
        return .answer(buffer)
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        bytes.reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// The number of a request whose header is JSON; 0: there is none to be seen.
    private static func opaque(_ header: ArraySlice<UInt8>) -> Int {
        let text = String(decoding: header, as: UTF8.self)
        guard let range = text.firstRange(of: "\"opaque\":") else { return 0 }
        let digits = text[range.upperBound...].drop { $0 == " " }.prefix { $0.isASCII && $0.isNumber }
        // A number that is cut says nothing.
        return digits.endIndex == text.endIndex ? 0 : Int(digits) ?? 0
    }
}
