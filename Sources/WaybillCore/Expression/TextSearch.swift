/// Searching and joining by bytes.
extension Text {
    /// Whether `part` occurs in the text; the empty text occurs everywhere.
    func contains(_ part: Text) -> Bool {
        withBytes { bytes in
            part.withBytes { part in
                guard let first = part.first else { return true }
                guard part.count <= bytes.count else { return false }
                // UTF-8 is self-synchronizing: a match of bytes is a match of characters.
                if part.count > 16 { return isFound(part, in: bytes) }
                for start in 0...(bytes.count - part.count) where bytes[start] == first {
                    if bytes[start..<start + part.count].elementsEqual(part) { return true }
                }
                return false
            }
        }
    }

    /// Searches in time linear in both lengths, whatever they repeat: after a mismatch it goes on with the longest
    /// beginning of `part` that the bytes just read end with, and never goes back.
    private func isFound(_ part: UnsafeBufferPointer<UInt8>, in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        // For each length of a match, the length of its longest proper beginning that it also ends with.
        var shorter = [0, 0]
        shorter.reserveCapacity(part.count + 1)
        for index in 1..<part.count {
            var length = shorter[index]
            while length > 0, part[length] != part[index] { length = shorter[length] }
            shorter.append(part[length] == part[index] ? length + 1 : 0)
        }
        var matched = 0
        for byte in bytes {
            while matched > 0, part[matched] != byte { matched = shorter[matched] }
            if part[matched] == byte { matched += 1 }
            if matched == part.count { return true }
        }
        return false
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
