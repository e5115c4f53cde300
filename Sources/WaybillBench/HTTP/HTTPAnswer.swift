/// What a server has answered, as far as the client of a benchmark reads it.
struct HTTPAnswer {
    let status: Int
    let body: ArraySlice<UInt8>
    /// Bytes of head and body.
    let count: Int

    /// Reads an answer; nil: it is not all there. Each has a length: the servers of a benchmark send no chunks.
    init?(_ bytes: [UInt8]) {
        guard let head = Self.headCount(bytes), head >= 12 else { return nil }
        let digits = bytes[9..<12].map { Int($0) - 48 }
        status = digits.reduce(0) { $0 * 10 + $1 }
        count = head + Self.length(bytes[..<head])
        guard bytes.count >= count else { return nil }
        body = bytes[head..<count]
    }

    /// Bytes of the head with its empty line.
    private static func headCount(_ bytes: [UInt8]) -> Int? {
        bytes.withUnsafeBufferPointer { bytes in
            guard bytes.count >= 4 else { return nil }
            for end in 3..<bytes.count
            where bytes[end] == 10 && bytes[end - 1] == 13 && bytes[end - 2] == 10 && bytes[end - 3] == 13 {
                return end + 1
            }
            return nil
        }
    }

    private static let lengthName = Array("\ncontent-length:".utf8)

    private static func length(_ head: ArraySlice<UInt8>) -> Int {
        head.withUnsafeBufferPointer { head in
            var place = 0
            search: while place + lengthName.count < head.count {
                defer { place += 1 }
                // The line feed first: it is nearly always another byte.
                guard head[place] == 10 else { continue }
                for (offset, letter) in lengthName.enumerated() where head[place + offset] | 0x20 != letter | 0x20 {
                    continue search
                }
                var length = 0
                for byte in head[(place + lengthName.count)...] {
                    if byte == 32 { continue }
                    guard (48...57).contains(byte), length < 1 << 32 else { break }
                    length = length * 10 + Int(byte) - 48
                }
                return length
            }
            return 0
        }
    }
}
