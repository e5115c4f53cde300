import Foundation

/// Bytes that come in pieces: a file, or what a compressed file unpacks to.
package protocol ByteSource {
    /// The next piece; empty: the end.
    func next() throws(InputFinding) -> [UInt8]
}

/// The bytes of a file as they lie.
final class FileBytes: ByteSource {
    private let path: String
    private let handle: FileHandle
    private let pieceBytes = 64 << 10
    /// Bytes that were looked at and put back.
    private var pushedBack: [UInt8] = []

    init(path: String) throws(InputFinding) {
        self.path = path
        do {
            handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        } catch {
            throw InputFinding(.unreadable, file: path, "it cannot be opened. Is it there, and may it be read?")
        }
    }

    func next() throws(InputFinding) -> [UInt8] {
        if !pushedBack.isEmpty {
            defer { pushedBack = [] }
            return pushedBack
        }
        do {
            guard let piece = try handle.read(upToCount: pieceBytes) else { return [] }
            return [UInt8](piece)
        } catch {
            throw InputFinding(.unreadable, file: path, "reading failed: \(error.localizedDescription)")
        }
    }

    /// Goes to a byte; only between lines that were read from here before.
    func seek(to offset: Int) throws(InputFinding) {
        pushedBack = []
        guard let offset = UInt64(exactly: offset) else {
            throw InputFinding(.unreadable, file: path, "a place before the beginning")
        }
        do {
            try handle.seek(toOffset: offset)
        } catch {
            throw InputFinding(.unreadable, file: path, "reading failed: \(error.localizedDescription)")
        }
    }

    /// Whether the file begins as gzip does. Nothing is used up.
    func isGzip() throws(InputFinding) -> Bool {
        pushedBack = try next()
        return pushedBack.starts(with: [0x1F, 0x8B])
    }
}

/// Opens input files, packed or not.
package enum InputFile {
    /// The bytes of a file; gzip is known by its first bytes, whatever the file is called.
    ///
    /// - Parameter name: what findings call it; nil: its path.
    package static func open(
        _ path: String, named name: String? = nil, limits: InputLimits
    ) throws(InputFinding) -> any ByteSource {
        let file = try FileBytes(path: path)
        guard try file.isGzip() else { return file }
        return try GzipBytes(of: file, path: name ?? path, limits: limits)
    }
}
