/// Text from outside made harmless for a terminal: an order's id may hold an escape sequence or turn the line around.
extension String {
    /// The text with control, direction and invisible characters written as `\n` or `\u{1b}`; all else as it is.
    var printable: String {
        guard unicodeScalars.contains(where: \.mustBeEscaped) else { return self }
        var result = ""
        for scalar in unicodeScalars {
            if !scalar.mustBeEscaped {
                result.unicodeScalars.append(scalar)
                continue
            }
            switch scalar {
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            default: result += "\\u{\(String(scalar.value, radix: 16))}"
            }
        }
        return result
    }

    /// How many columns the text takes on a terminal.
    var columns: Int { unicodeScalars.reduce(0) { $0 + $1.columns } }

    /// At most `count` columns, with an ellipsis where something was cut off.
    func truncated(toColumns count: Int) -> String {
        guard columns > count else { return self }
        var result = ""
        var rest = max(count, 1) - 1
        for scalar in unicodeScalars {
            rest -= scalar.columns
            if rest < 0 { break }
            result.unicodeScalars.append(scalar)
        }
        return result + "…"
    }

    /// Padded with spaces to `count` columns.
    func padded(toColumns count: Int, isRightAligned: Bool = false) -> String {
        let space = String(repeating: " ", count: max(0, count - columns))
        return isRightAligned ? space + self : self + space
    }
}

extension Unicode.Scalar {
    /// Whether a terminal would do something else with it than show it.
    fileprivate var mustBeEscaped: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned: true
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark,
            .spacingMark, .enclosingMark, .decimalNumber, .letterNumber, .otherNumber, .connectorPunctuation,
            .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation, .finalPunctuation,
            .otherPunctuation, .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol, .spaceSeparator,
            .privateUse:
            false
        @unknown default: true
        }
    }

    /// 2 for wide East Asian characters and pictures, 0 for marks that sit on another character, else 1.
    fileprivate var columns: Int {
        switch value {
        case 0x20..<0x7F: return 1
        case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
            0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1FAFF, 0x20000...0x3FFFD:
            return 2
        default: break
        }
        switch properties.generalCategory {
        case .nonspacingMark, .enclosingMark: return 0
        default: return 1
        }
    }
}
