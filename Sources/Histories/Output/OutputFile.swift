import Foundation

/// A file that is written from beginning to end, in pieces.
package final class OutputFile {
    private let path: String
    private let handle: FileHandle
    private var buffer: [UInt8] = []
    private let bufferBytes = 64 << 10

    /// Makes the file, or empties the one that is there. A device, a pipe or what a link leads to is written to.
    package init(path: String) throws(InputFinding) {
        self.path = path
        handle = try OutputTarget.open(path)
    }

    /// Writes bytes, now or together with later ones.
    package func write(_ bytes: [UInt8]) throws(InputFinding) {
        buffer += bytes
        if buffer.count >= bufferBytes { try flush() }
    }

    /// Writes what is left and closes the file.
    package func close() throws(InputFinding) {
        try flush()
        do {
            try handle.close()
        } catch {
            throw failure(error)
        }
    }

    private func flush() throws(InputFinding) {
        do {
            try handle.write(contentsOf: Data(buffer))
        } catch {
            throw failure(error)
        }
        buffer.removeAll(keepingCapacity: true)
    }

    private func failure(_ error: any Error) -> InputFinding {
        InputFinding(.unreadable, file: path, "writing failed: \(error.localizedDescription)")
    }
}
