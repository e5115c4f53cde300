/// A text that is compared, ordered and hashed by its UTF-8 bytes, as SQLite does it.
///
/// Swift's `String` compares canonically ("é" has two spellings that are equal), so it must never be a key:
/// two orders whose ids differ for the store would be one order for the engine.
public struct Text: Sendable, ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
    /// The same text as a Swift string, for printing.
    public let string: String

    /// Wraps `string` without changing its bytes.
    public init(_ string: String) {
        var copy = string
        copy.makeContiguousUTF8()
        self.string = copy
    }

    /// Wraps a string whose bytes lie in one piece already, as those of every decoded one do.
    init(contiguous string: String) { self.string = string }

    /// Decodes UTF-8; ill-formed sequences become U+FFFD, so check with `String(validating:)` where bytes come from
    /// outside.
    package init(decoding bytes: UnsafeRawBufferPointer) {
        self.string = String(decoding: bytes, as: UTF8.self)
    }

    public init(stringLiteral value: String) { self.init(value) }

    /// Length in UTF-8 bytes.
    public var byteCount: Int { string.utf8.count }
    public var isEmpty: Bool { string.utf8.isEmpty }
    /// Whether U+0000 is in it: SQL tools and terminals end a text there, so no text that comes in may have it.
    package var hasZero: Bool { withBytes { $0.contains(0) } }

    /// Runs `body` over the UTF-8 bytes without copying them where Swift stores them contiguously.
    @inlinable
    package func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        if let result = string.utf8.withContiguousStorageIfAvailable(body) { return result }
        return Array(string.utf8).withUnsafeBufferPointer(body)
    }
}

extension Text: Hashable {
    public static func == (left: Text, right: Text) -> Bool {
        guard left.byteCount == right.byteCount else { return false }
        return left.withBytes { l in right.withBytes { r in isEqual(l, r) } }
    }

    /// Compares eight bytes at a time.
    static func isEqual(_ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>) -> Bool {
        guard left.count == right.count else { return false }
        let left = UnsafeRawBufferPointer(left)
        let right = UnsafeRawBufferPointer(right)
        var offset = 0
        while offset + 8 <= left.count {
            let differs =
                left.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                != right.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            if differs { return false }
            offset += 8
        }
        while offset < left.count {
            if left[offset] != right[offset] { return false }
            offset += 1
        }
        return true
    }

    public func hash(into hasher: inout Hasher) {
        withBytes { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        hasher.combine(0xFF as UInt8)
    }
}

extension Text: Comparable {
    public static func < (left: Text, right: Text) -> Bool {
        left.withBytes { l in right.withBytes { r in l.lexicographicallyPrecedes(r) } }
    }
}

extension Text: CustomStringConvertible {
    public var description: String { string }
}
