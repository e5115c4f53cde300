/// Reads a file line by line, in memory that does not grow with the file.
struct LineReader {
    private let source: any ByteSource
    private let file: String
    private let limits: InputLimits
    private var piece: [UInt8] = []
    private var offset = 0
    /// How many bytes of the file, unpacked, came before the piece.
    private var bytesBefore = 0
    private(set) var line = 0

    init(_ source: any ByteSource, file: String, limits: InputLimits) {
        self.source = source
        self.file = file
        self.limits = limits
    }

    /// One line without its line end.
    struct Line {
        var number: Int
        /// Where in the file it begins.
        var offset: Int
        var bytes: [UInt8]
    }

    /// The next line that is not empty, or nil at the end.
    mutating func next() throws(InputFinding) -> Line? {
        while let line = try readLine() {
            if !line.bytes.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }) { return line }
        }
        return nil
    }

    private mutating func readLine() throws(InputFinding) -> Line? {
        guard try refill() else { return nil }
        line += 1
        var result = Line(number: line, offset: bytesBefore + offset, bytes: [])
        while try refill() {
            let rest = piece[offset...]
            if let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                try append(rest[..<end], to: &result)
                offset = end + 1
                break
            }
            try append(rest, to: &result)
            offset = piece.count
        }
        if result.bytes.last == UInt8(ascii: "\r") { result.bytes.removeLast() }
        return result
    }

    private func append(_ bytes: ArraySlice<UInt8>, to line: inout Line) throws(InputFinding) {
        guard line.bytes.count + bytes.count <= limits.recordBytesMax else {
            throw InputFinding(
                .limit, file: file, line: line.number, "a line of more than \(limits.recordBytesMax) bytes")
        }
        line.bytes += bytes
    }

    /// Makes sure that there is a byte to read; false at the end of the file.
    private mutating func refill() throws(InputFinding) -> Bool {
        guard offset == piece.count else { return true }
        bytesBefore += piece.count
        piece = try source.next()
        if bytesBefore == 0, piece.starts(with: [0xFF, 0xFE]) || piece.starts(with: [0xFE, 0xFF]) {
            throw InputFinding(.binary, file: file, line: 1, column: 1, "the file is UTF-16; save it as UTF-8")
        }
        offset = bytesBefore == 0 && piece.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        guard bytesBefore + piece.count <= limits.fileBytesMax else {
            throw InputFinding(.limit, file: file, "more than \(limits.fileBytesMax) bytes")
        }
        return offset < piece.count
    }
}
