import Crypto
package import WaybillCore

/// Where a list goes on, sealed with what was asked: a cursor of another list or filter is refused, not silently wrong.
package struct Cursor: Sendable {
    private let key: SymmetricKey
    private static let codeBytes = 16
    /// Its digits: half of what a target may have.
    private static let bytesMax = 4_096

    /// - Parameter key: what no caller knows, and stays the same: cursors outlive a restart.
    package init(key: [UInt8]) { self.key = SymmetricKey(data: key) }

    /// A cursor after a place in a list.
    package func close(_ place: [UInt8], of list: Text) -> Text {
        Text((code(of: place, list) + place).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined())
    }

    /// The place after which a list goes on.
    func open(_ text: Text, of list: Text) throws(Problem) -> [UInt8] {
        guard let bytes = Self.bytes(text), bytes.count > Self.codeBytes else { throw Self.foreign }
        let place = Array(bytes.dropFirst(Self.codeBytes))
        var difference: UInt8 = 0
        for (left, right) in zip(code(of: place, list), bytes) { difference |= left ^ right }
        guard difference == 0 else { throw Self.foreign }
        return place
    }

    private static let foreign = Problem.badCursor(
        "the cursor is none of this list with this filter; begin without a cursor")

    private func code(of place: [UInt8], _ list: Text) -> [UInt8] {
        let sealed = Array("\(list.byteCount) \(list)".utf8) + place
        return Array(HMAC<SHA256>.authenticationCode(for: sealed, using: key).prefix(Self.codeBytes))
    }

    private static func bytes(_ text: Text) -> [UInt8]? {
        let digits = Array(text.string.utf8)
        guard digits.count.isMultiple(of: 2), digits.count <= bytesMax else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = digits[index].hexadecimalDigit, let low = digits[index + 1].hexadecimalDigit else {
                return nil
            }
            bytes.append(high << 4 | low)
        }
        return bytes
    }
}
