/// Searching and joining by bytes.
extension Text {
    /// Whether `part` occurs in the text; the empty text occurs everywhere.
    func contains(_ part: Text) -> Bool {
        withBytes { bytes in
            part.withBytes { part in
                guard let first = part.first else { return true }
                guard part.count <= bytes.count else { return false }
                // UTF-8 is self-synchronizing: a match of bytes is a match of characters.
                for start in 0...(bytes.count - part.count) where bytes[start] == first {
                    if bytes[start..<start + part.count].elementsEqual(part) { return true }
                }
                return false
            }
        }
    }

    func starts(with part: Text) -> Bool {
        withBytes { bytes in part.withBytes { part in bytes.starts(with: part) } }
    }

    func ends(with part: Text) -> Bool {
        withBytes { bytes in part.withBytes { part in bytes.suffix(part.count).elementsEqual(part) } }
    }

    /// The text with another one after it, up to the longest text that an expression may make.
    func joined(with next: Text) throws(EvaluationError) -> Text {
        // An order can join a field to itself with every command; without a limit thirty of them fill the memory.
        guard byteCount <= Expression.textBytesMax - next.byteCount else { throw .textTooLong }
        return Text(string + next.string)
    }
}
