import Testing
import WaybillCore

@Suite struct `A handle of a pending message` {
    /// A code that depends on every byte; the real one is made with the file's key.
    private func code(_ bytes: [UInt8]) -> [UInt8] {
        var digest = Digest(seed: 7)
        digest.add(bytes)
        let value = UInt64(bitPattern: digest.value)
        return (0..<16).map { UInt8(truncatingIfNeeded: value >> (4 * UInt64($0))) }
    }

    @Test(arguments: [(1, 1), (0, 1), (Int64.max, Int64.max), (Int64.min, -1)] as [(Int64, Int64)])
    func `says what it was made of`(number: Int64, epoch: Int64) {
        let handle = PendingHandle(.recall, number: number, topic: "order", topicEpoch: epoch)
        let text = handle.text(sealedBy: code)
        #expect(text.byteCount == 66)
        #expect(PendingHandle(text, .recall, topic: "order", sealedBy: code) == handle)
    }

    @Test func `is good for its topic and its purpose only`() {
        let text = PendingHandle(.recall, number: 1, topic: "order", topicEpoch: 1).text(sealedBy: code)
        #expect(PendingHandle(text, .transaction, topic: "order", sealedBy: code) == nil)
        #expect(PendingHandle(text, .recall, topic: "orders", sealedBy: code) == nil)
        #expect(PendingHandle(text, .recall, topic: "order", sealedBy: { code($0 + [1]) }) == nil)
        #expect(PendingHandle(text, .recall, topic: "order", sealedBy: { _ in [] }) == nil)
    }

    @Test func `is refused when a single digit of it was changed, or it is cut, or it is anything else`() {
        let text = PendingHandle(.recall, number: 123_456, topic: "order", topicEpoch: 3).text(sealedBy: code)
        let digits = Array(text.string.utf8)
        for index in digits.indices {
            var changed = digits
            changed[index] = changed[index] == UInt8(ascii: "0") ? UInt8(ascii: "1") : UInt8(ascii: "0")
            let forged = Text(String(decoding: changed, as: UTF8.self))
            #expect(PendingHandle(forged, .recall, topic: "order", sealedBy: code) == nil, "digit \(index)")
            let cut = Text(String(decoding: digits[..<index], as: UTF8.self))
            #expect(PendingHandle(cut, .recall, topic: "order", sealedBy: code) == nil)
        }
        for other in [
            "", "zz", "é", Text(String(repeating: "0", count: 66)), Text(String(repeating: "a", count: 9_999)),
        ] as [Text] {
            #expect(PendingHandle(other, .recall, topic: "order", sealedBy: code) == nil)
        }
    }
}
