extension String {
    /// The text on one line that a terminal only shows: ids and keys come from outside, and with a newline or an escape
    /// sequence in one a sentence would say something else. Control characters are written as `\\n` or `\\u{1b}`.
    package var onOneLine: String {
        guard unicodeScalars.contains(where: \.isControl) else { return self }
        var line = ""
        for scalar in unicodeScalars {
            switch scalar {
            case "\n": line += "\\n"
            case "\r": line += "\\r"
            case "\t": line += "\\t"
            case _ where scalar.isControl: line += "\\u{\(String(scalar.value, radix: 16))}"
            case _: line.unicodeScalars.append(scalar)
            }
        }
        return line
    }
}

extension Unicode.Scalar {
    /// C0, DEL, C1, and what ends a line or turns its direction around.
    fileprivate var isControl: Bool {
        switch value {
        case 0..<0x20, 0x7F..<0xA0, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF: true
        case _: false
        }
    }
}
