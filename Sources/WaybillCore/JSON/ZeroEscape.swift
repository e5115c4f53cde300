/// Finds U+0000 in JSON text, where it can stand only as an escape.
package enum ZeroEscape {
    /// The byte at which the first `\\u0000` begins; nil: there is none.
    package static func first(in json: [UInt8]) -> Int? {
        json.withUnsafeBufferPointer { bytes in
            var index = 0
            while index + 5 < bytes.count {
                guard bytes[index] == UInt8(ascii: "\\") else {
                    index += 1
                    continue
                }
                if bytes[index + 1] == UInt8(ascii: "u"), (2...5).allSatisfy({ bytes[index + $0] == UInt8(ascii: "0") })
                {
                    return index
                }
                // Whatever is escaped begins nothing.
                index += 2
            }
            return nil
        }
    }
}
