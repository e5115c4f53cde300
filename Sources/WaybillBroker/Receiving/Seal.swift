import Crypto
package import WaybillCore

/// Turns numbers into a text that only this file's engine can have made: receipts and recall handles.
///
/// The numbers can be read by anyone; the code behind them (HMAC-SHA256, its first 16 bytes) tells a changed or
/// invented one.
package struct Seal: Sendable {
    private let key: SymmetricKey
    private static let codeBytes = 16
    private static let alphabet = Array("0123456789abcdef".utf8)

    package init(secret: [UInt8]) { key = SymmetricKey(data: secret) }

    /// Seals numbers for one purpose; a text made for another does not open.
    package func seal(_ numbers: [Int64], for purpose: UInt8) -> Text {
        var bytes: [UInt8] = [purpose]
        bytes.reserveCapacity(64)
        for number in numbers { Self.append(number, to: &bytes) }
        bytes += code(of: bytes)
        var digits: [UInt8] = []
        digits.reserveCapacity(bytes.count * 2)
        for byte in bytes {
            digits.append(Self.alphabet[Int(byte >> 4)])
            digits.append(Self.alphabet[Int(byte & 15)])
        }
        return Text(String(decoding: digits, as: UTF8.self))
    }

    /// The numbers of a sealed text; nil: it was not made here for this purpose, or was changed.
    package func unseal(_ text: Text, for purpose: UInt8) -> [Int64]? {
        guard text.byteCount <= 512, let bytes = Self.bytes(text), bytes.count > Self.codeBytes else { return nil }
        let content = Array(bytes.dropLast(Self.codeBytes))
        // Every byte is looked at, so that the time taken tells nothing.
        var difference: UInt8 = 0
        for (left, right) in zip(code(of: content), bytes.suffix(Self.codeBytes)) { difference |= left ^ right }
        guard difference == 0, content[0] == purpose else { return nil }
        return Self.numbers(content.dropFirst())
    }

    /// A key for another kind of seal, which tells nothing about this one.
    func key(for purpose: Text) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Array("key for \(purpose)".utf8), using: key))
    }

    private func code(of bytes: [UInt8]) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: bytes, using: key).prefix(Self.codeBytes))
    }

    /// Seven bits a byte, the lowest first, the highest bit set while more follows.
    private static func append(_ number: Int64, to bytes: inout [UInt8]) {
        var rest = UInt64(bitPattern: number)
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    private static func numbers(_ bytes: ArraySlice<UInt8>) -> [Int64]? {
        var numbers: [Int64] = []
        var number: UInt64 = 0
        var shift: UInt64 = 0
        for byte in bytes {
            guard shift < 64 else { return nil }
            number |= UInt64(byte & 0x7F) << shift
            if byte & 0x80 == 0 {
                numbers.append(Int64(bitPattern: number))
                number = 0
                shift = 0
            } else {
                shift += 7
            }
        }
        return shift == 0 ? numbers : nil
    }

    private static func bytes(_ text: Text) -> [UInt8]? {
        text.withBytes { digits -> [UInt8]? in
            guard digits.count.isMultiple(of: 2) else { return nil }
            var bytes: [UInt8] = []
            bytes.reserveCapacity(digits.count / 2)
            for index in stride(from: 0, to: digits.count, by: 2) {
                guard let high = digits[index].hexValue, let low = digits[index + 1].hexValue else { return nil }
                bytes.append(high << 4 | low)
            }
            return bytes
        }
    }
}

extension UInt8 {
    fileprivate var hexValue: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
