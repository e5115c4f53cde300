/// Names a message that is not visible yet: a delayed one by its recall handle, a half one by its transaction id.
///
/// To whoever holds it the text says nothing, and it cannot be made up: it ends with a code over all else, made with
/// the file's key. When the message is due is not in it, so it stays the same when that changes.
package struct PendingHandle: Hashable, Sendable {
    /// What the handle is good for; part of the code, so that neither is taken for the other.
    package enum Purpose: UInt8, Hashable, Sendable, CaseIterable {
        case recall = 1
        case transaction = 2
    }

    /// Bytes of the code at the end.
    package static let codeBytes = 16

    package var purpose: Purpose
    /// Of the pending message.
    package var number: Int64
    package var topic: TopicName
    /// Which topic of this name.
    package var topicEpoch: Int64

    package init(_ purpose: Purpose, number: Int64, topic: TopicName, topicEpoch: Int64) {
        self.purpose = purpose
        self.number = number
        self.topic = topic
        self.topicEpoch = topicEpoch
    }

    /// The opaque text, lower-case hex. `code` answers at least ``codeBytes`` bytes over what it is given.
    package func text(sealedBy code: ([UInt8]) -> [UInt8]) -> Text {
        let visible = [purpose.rawValue] + Self.bytes(number) + Self.bytes(topicEpoch)
        let bytes = visible + code(sealed(visible)).prefix(Self.codeBytes)
        return Text(String(decoding: bytes.flatMap { [hexDigit($0 >> 4), hexDigit($0 & 15)] }, as: UTF8.self))
    }

    /// Reads a text that came from outside; nil: it is no handle for this topic and purpose that we have given out.
    package init?(_ text: Text, _ purpose: Purpose, topic: TopicName, sealedBy code: ([UInt8]) -> [UInt8]) {
        let length = 1 + 8 + 8 + Self.codeBytes
        guard let bytes = Self.bytes(hex: text), bytes.count == length, bytes[0] == purpose.rawValue else { return nil }
        self.init(
            purpose, number: Self.number(bytes[1..<9]), topic: topic, topicEpoch: Self.number(bytes[9..<17]))
        let expected = code(sealed(Array(bytes[..<17]))).prefix(Self.codeBytes)
        guard expected.count == Self.codeBytes else { return nil }
        // All bytes are looked at, so that the time taken does not say how many were right.
        let difference = zip(expected, bytes[17...]).reduce(0 as UInt8) { $0 | ($1.0 ^ $1.1) }
        guard difference == 0 else { return nil }
    }

    private func sealed(_ visible: [UInt8]) -> [UInt8] { visible + Array(topic.text.string.utf8) }

    private static func bytes(_ number: Int64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * Int64($0))) }
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> Int64 { bytes.reduce(0) { $0 << 8 | Int64($1) } }

    private static func bytes(hex text: Text) -> [UInt8]? {
        let digits = Array(text.string.utf8)
        guard digits.count.isMultiple(of: 2), digits.count <= 256 else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = digits[index].hexValue, let low = digits[index + 1].hexValue else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }
}

extension UInt8 {
    /// The value of a hexadecimal digit in either case; nil: it is none.
    fileprivate var hexValue: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
