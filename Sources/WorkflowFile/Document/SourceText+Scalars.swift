extension SourceText {
    /// The place in the file of a byte of a scalar's text: quotes, escapes and folded lines lie between the two.
    ///
    /// Walks both in step. Where they do not match, which no known style does, the place so far is as near as it gets.
    func place(ofByte offset: Int, in scalar: DocumentNode.Scalar, startingAt start: Place) -> Place {
        let text = Array(scalar.text.utf8)
        var index = firstIndex(of: scalar, startingAt: start)
        skipIndentation(&index, in: scalar)
        var done = 0
        while done < min(offset, text.count), index < bytes.count {
            if text[done].isSpace {
                // A run of spaces and breaks in the file is one space, or some breaks, in the text.
                while done < text.count, text[done].isSpace { done += 1 }
                while index < bytes.count, bytes[index].isSpace { index += 1 }
            } else {
                index += escapedLength(at: index, in: scalar.style)
                done += 1
                while done < text.count, text[done] & 0xC0 == 0x80 { done += 1 }
            }
        }
        return place(of: min(index, bytes.count))
    }

    /// Past the opening quote, or the header line of a block.
    private func firstIndex(of scalar: DocumentNode.Scalar, startingAt start: Place) -> Int {
        let index = index(of: start)
        switch scalar.style {
        case .plain: return index
        case .singleQuoted, .doubleQuoted: return min(index + 1, bytes.count)
        case .block: return bytes[index...].firstIndex(of: 0x0A).map { $0 + 1 } ?? bytes.count
        }
    }

    private func skipIndentation(_ index: inout Int, in scalar: DocumentNode.Scalar) {
        guard scalar.style == .block, let first = scalar.text.utf8.first, !first.isSpace else { return }
        while index < bytes.count, bytes[index].isSpace { index += 1 }
    }

    /// How many bytes one character of the text takes here.
    private func escapedLength(at index: Int, in style: DocumentNode.Scalar.Style) -> Int {
        switch style {
        case .singleQuoted where bytes[index] == UInt8(ascii: "'"):
            return 2
        case .doubleQuoted where bytes[index] == UInt8(ascii: "\\"):
            guard index + 1 < bytes.count else { return 1 }
            switch bytes[index + 1] {
            case UInt8(ascii: "x"): return 4
            case UInt8(ascii: "u"): return 6
            case UInt8(ascii: "U"): return 10
            default: return 2
            }
        case .plain, .singleQuoted, .doubleQuoted, .block:
            var end = index + 1
            while end < bytes.count, bytes[end] & 0xC0 == 0x80 { end += 1 }
            return end - index
        }
    }
}

extension UInt8 {
    fileprivate var isSpace: Bool { self == 0x20 || self == 0x09 || self == 0x0A || self == 0x0D }
}

extension FindingLog {
    /// An error at a byte of a scalar's text.
    func error(at node: DocumentNode, byte offset: Int, _ message: String, hint: String? = nil) {
        switch node.content {
        case .scalar(let scalar):
            let place = source.place(ofByte: offset, in: scalar, startingAt: node.place)
            error(at: place, path: node.path, message, hint: hint)
        case .sequence, .mapping: error(at: node, message, hint: hint)
        }
    }
}
