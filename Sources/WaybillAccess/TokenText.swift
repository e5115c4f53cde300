import Crypto
package import WaybillCore

/// A token as its holder has it: `wb-ID-SECRET`. It is shown once, when it is made; the file keeps a digest.
package struct TokenText: Sendable {
    /// Sixteen letters by which the token is found.
    package let id: Text
    /// 256 bits and a check letter.
    private let secret: Text

    private static let mark = Array("wb-".utf8)
    private static let letters = Array("abcdefghijklmnopqrstuvwxyz234567".utf8)
    private static let idLetters = 16
    private static let secretLetters = 53

    /// Makes a token.
    package init(random: () -> UInt64) {
        id = Self.letters(Self.idLetters, random)
        let secret = Self.letters(Self.secretLetters - 1, random)
        let check = secret.withBytes { Self.checkLetter($0[...]) }
        self.secret = Text(String(decoding: Array(secret.string.utf8) + [check], as: UTF8.self))
    }

    /// Reads a token that a caller has sent; nil: it is none, or mistyped.
    package init?(_ text: Text) {
        // Byte by byte: it is read for each request.
        let parts = text.withBytes { bytes -> (id: Text, secret: Text)? in
            let start = Self.mark.count
            let dash = start + Self.idLetters
            guard bytes.count == dash + 1 + Self.secretLetters, bytes[..<start].elementsEqual(Self.mark),
                bytes[dash] == UInt8(ascii: "-")
            else { return nil }
            let (id, secret) = (bytes[start..<dash], bytes[(dash + 1)...])
            guard id.allSatisfy(Self.isLetter), secret.allSatisfy(Self.isLetter),
                secret.last == Self.checkLetter(secret.dropLast())
            else { return nil }
            return (Text(String(decoding: id, as: UTF8.self)), Text(String(decoding: secret, as: UTF8.self)))
        }
        guard let parts else { return nil }
        (id, secret) = parts
    }

    /// The whole token, for its holder only.
    package var text: Text { "wb-\(id)-\(secret)" }

    /// What the file keeps of the secret: SHA-256 in hexadecimal digits.
    package var secretHash: Text {
        var digits: [UInt8] = []
        digits.reserveCapacity(2 * SHA256.byteCount)
        for byte in secret.withBytes({ SHA256.hash(data: UnsafeRawBufferPointer($0)) }) {
            digits.append(Self.digits[Int(byte >> 4)])
            digits.append(Self.digits[Int(byte & 15)])
        }
        return Text(String(decoding: digits, as: UTF8.self))
    }

    private static let digits = Array("0123456789abcdef".utf8)

    /// Whether it is one of `letters`.
    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "2")...UInt8(ascii: "7")).contains(byte)
    }

    /// Five bits for each letter.
    private static func letters(_ count: Int, _ random: () -> UInt64) -> Text {
        var text: [UInt8] = []
        var bits: UInt64 = 0
        for index in 0..<count {
            if index % 12 == 0 { bits = random() }
            text.append(letters[Int(bits & 31)])
            bits >>= 5
        }
        return Text(String(decoding: text, as: UTF8.self))
    }

    /// A letter that tells most mistypings without a look-up.
    private static func checkLetter(_ secret: Slice<UnsafeBufferPointer<UInt8>>) -> UInt8 {
        letters[Int(secret.reduce(UInt32(7)) { sum, byte in (sum &* 31 &+ UInt32(byte)) % 1_048_573 } & 31)]
    }
}
