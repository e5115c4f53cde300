/// Chooses messages by their one tag: `*` takes all, `paid || shipped` two of them.
package struct TagFilter: Hashable, Sendable {
    /// Longest expression, in UTF-8 bytes, and most tags in it.
    package static let textBytesMax = 8_192
    package static let tagsMax = 256

    /// The tags that match, each once, in the order given; nil: every message does, with a tag or without.
    package let tags: [Text]?

    package static let everything = TagFilter(tags: nil)

    private init(tags: [Text]?) { self.tags = tags }

    /// Reads an expression; an empty one is `*`.
    package init(_ text: Text) throws(ExpressionProblem) {
        guard text.byteCount <= Self.textBytesMax else {
            throw ExpressionProblem(
                .textTooLong, at: Self.textBytesMax,
                "the text has \(text.byteCount) bytes, at most \(Self.textBytesMax) are allowed")
        }
        let bytes = Array(text.string.utf8)
        let whole = Self.trimmed(bytes[...])
        if whole.isEmpty || whole.elementsEqual("*".utf8) {
            tags = nil
            return
        }
        var tags: [Text] = []
        for part in Self.parts(of: bytes) {
            let tag = Self.trimmed(part)
            guard let name = try Self.name(tag) else { continue }
            if !tags.contains(name) { tags.append(name) }
            guard tags.count <= Self.tagsMax else {
                throw ExpressionProblem(
                    .tooManyNodes, at: tag.startIndex, "more than \(Self.tagsMax) tags",
                    hint: "subscribe to * and choose in the consumer")
            }
        }
        guard !tags.isEmpty else {
            throw ExpressionProblem(.syntax, at: 0, "found no tag around '||'", hint: "* stands for every message")
        }
        self.tags = tags
    }

    /// Whether a message with this tag, or without one, is chosen.
    package func matches(tag: Text?) -> Bool {
        guard let tags else { return true }
        guard let tag else { return false }
        return tags.contains(tag)
    }

    /// What stands between two `||`.
    private static func parts(of bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        var parts: [ArraySlice<UInt8>] = []
        var start = 0
        var index = 0
        while index < bytes.count {
            if bytes[index] == bar, index + 1 < bytes.count, bytes[index + 1] == bar {
                parts.append(bytes[start..<index])
                index += 2
                start = index
            } else {
                index += 1
            }
        }
        return parts + [bytes[start...]]
    }

    /// One tag; nil where none stands, as after the last `||`.
    private static func name(_ tag: ArraySlice<UInt8>) throws(ExpressionProblem) -> Text? {
        if tag.isEmpty { return nil }
        if tag.elementsEqual("*".utf8) {
            throw ExpressionProblem(
                .syntax, at: tag.startIndex, "found '*' beside tags", hint: "* stands alone: it takes every message")
        }
        if let place = tag.firstIndex(of: bar) {
            throw ExpressionProblem(.syntax, at: place, "found '|', expected '||'", hint: "write: paid || shipped")
        }
        if let place = tag.firstIndex(where: { $0 < 0x20 || $0 == 0x7F }) {
            throw ExpressionProblem(.syntax, at: place, "found the control character \(tag[place]) in a tag")
        }
        // Cut at '|' and blanks only, so the bytes are as well-formed as the text they come from.
        return Text(String(decoding: tag, as: UTF8.self))
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var rest = bytes
        while let first = rest.first, first.isBlank { rest.removeFirst() }
        while let last = rest.last, last.isBlank { rest.removeLast() }
        return rest
    }

    private static let bar = UInt8(ascii: "|")
}

extension UInt8 {
    fileprivate var isBlank: Bool { self == 0x20 || (self >= 0x09 && self <= 0x0D) }
}
