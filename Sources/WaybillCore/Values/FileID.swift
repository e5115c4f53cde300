/// Which file it is: random, made once, and the same in every copy. Message ids begin their chain with it, and the
/// CloudEvents of a file name it as their source.
package struct FileID: Hashable, Sendable {
    /// 32 hexadecimal digits.
    package let text: Text

    package init(random: () -> UInt64) { text = Text(random().hexadecimal + random().hexadecimal) }

    /// An id that a file holds; nil: it is none.
    package init?(_ text: Text) {
        let isDigit = { (byte: UInt8) in (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte) }
        guard text.byteCount == 32, text.string.utf8.allSatisfy(isDigit) else { return nil }
        self.text = text
    }

    /// What the digests of a file that began with this id are chained from.
    package var chainSeed: UInt64 {
        var digest = Digest()
        digest.add(text)
        return UInt64(bitPattern: digest.value)
    }

    /// The `source` of its CloudEvents.
    package var source: Text { Text("urn:waybill:\(text)") }
}

extension UInt64 {
    /// Sixteen hexadecimal digits.
    package var hexadecimal: String {
        let digits = String(self, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}
