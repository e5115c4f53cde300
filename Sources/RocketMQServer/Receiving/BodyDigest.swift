import Crypto
import Foundation
import RocketMQProto

/// The digest of a body, over its bytes as they are sent.
enum BodyDigest {
    private static let digits = Array("0123456789ABCDEF".utf8)

    /// MD5 in capital hexadecimal digits: clients compare texts, and one of them ends when it is missing.
    static func md5(of body: [UInt8]) -> MQDigest {
        var digest = MQDigest()
        digest.type = .md5
        digest.checksum = hexadecimal(Insecure.MD5.hash(data: body))
        return digest
    }

    /// Whether a digest is that of a body; digits of either case. Of a kind that is not known it cannot be wrong.
    static func isRight(_ digest: MQDigest, of body: Data) -> Bool {
        let asked = digest.checksum.uppercased()
        switch digest.type {
        case .md5: return asked == hexadecimal(Insecure.MD5.hash(data: body))
        case .sha1: return asked == hexadecimal(Insecure.SHA1.hash(data: body))
        // Some clients leave out zeros at the beginning.
        case .crc32: return UInt32(asked, radix: 16) == crc32(of: body)
        case .unspecified, .UNRECOGNIZED: return true
        }
    }

    private static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// What each byte makes of a sum: a body may have 4 MiB, and the event loop waits meanwhile.
    private static let sums: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { sum, _ in sum >> 1 ^ (sum & 1 == 0 ? 0 : 0xEDB8_8320) }
    }

    private static func crc32(of body: Data) -> UInt32 {
        sums.withUnsafeBufferPointer { sums in
            body.withUnsafeBytes { body in
                var sum = ~UInt32(0)
                for byte in body { sum = sums[Int(UInt8(truncatingIfNeeded: sum) ^ byte)] ^ sum >> 8 }
                return ~sum
            }
        }
    }
}
