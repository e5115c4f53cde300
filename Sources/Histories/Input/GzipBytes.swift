import CZlib

/// What a gzip file unpacks to. Corrupt, cut and exploding data are findings.
final class GzipBytes: ByteSource {
    private let source: any ByteSource
    private let path: String
    private let limits: InputLimits
    private let stream: UnsafeMutablePointer<z_stream>
    private let pieceBytes = 64 << 10
    private var input: [UInt8] = []
    private var inputOffset = 0
    private var bytesIn = 0
    private var bytesOut = 0
    /// Between two members (a gzip file may be several, one after the other) the file may end.
    private var isInsideMember = true

    init(of source: any ByteSource, path: String, limits: InputLimits) throws(InputFinding) {
        self.source = source
        self.path = path
        self.limits = limits
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        // 15: the largest window; +16: gzip's header and checksum.
        let code = inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard code == Z_OK else {
            throw InputFinding(.compression, file: path, "zlib does not start (code \(code))")
        }
    }

    deinit {
        inflateEnd(stream)
        stream.deinitialize(count: 1)
        stream.deallocate()
    }

    func next() throws(InputFinding) -> [UInt8] {
        while true {
            if inputOffset == input.count {
                input = try source.next()
                inputOffset = 0
                if input.isEmpty {
                    guard !isInsideMember else { throw damage("it is cut short") }
                    return []
                }
            }
            if !isInsideMember {
                inflateReset(stream)
                isInsideMember = true
            }
            let piece = try inflatePiece()
            if !piece.isEmpty { return piece }
        }
    }

    /// Unpacks as much of the input at hand as fits in one piece.
    private func inflatePiece() throws(InputFinding) -> [UInt8] {
        var code = Z_OK
        var used = 0
        let piece = [UInt8](unsafeUninitializedCapacity: pieceBytes) { output, count in
            input.withUnsafeMutableBufferPointer { bytes in
                stream.pointee.next_in = bytes.baseAddress.map { $0 + inputOffset }
                stream.pointee.avail_in = UInt32(clamping: bytes.count - inputOffset)
                stream.pointee.next_out = output.baseAddress
                stream.pointee.avail_out = UInt32(clamping: output.count)
                let available = Int(stream.pointee.avail_in)
                code = inflate(stream, Z_NO_FLUSH)
                used = available - Int(stream.pointee.avail_in)
                count = output.count - Int(stream.pointee.avail_out)
            }
        }
        inputOffset += used
        bytesIn += used
        bytesOut += piece.count
        switch code {
        case Z_OK: break
        case Z_STREAM_END: isInsideMember = false
        case Z_BUF_ERROR where used > 0 || !piece.isEmpty || inputOffset == input.count: break
        default: throw damage("it is corrupt after \(bytesOut) bytes")
        }
        guard bytesOut <= limits.fileBytesMax else {
            throw damage("it unpacks to more than \(limits.fileBytesMax) bytes")
        }
        // A small file may be all alike; only then is a ratio beyond reason a bomb.
        guard bytesOut <= 1 << 20 || bytesOut / limits.unpackingRatioMax <= bytesIn else {
            throw damage("it unpacks to more than \(limits.unpackingRatioMax) times its size")
        }
        return piece
    }

    private func damage(_ message: String) -> InputFinding { InputFinding(.compression, file: path, message) }
}
