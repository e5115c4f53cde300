import Foundation

/// A file that a command reads as a whole.
enum WholeFile {
    /// Far above any workflow, script or command's data.
    static let bytesMax = 64 * 1_024 * 1_024

    /// The bytes of a file, or of standard input for `-`.
    static func bytes(_ path: String) throws(CommandFailure) -> [UInt8] {
        let descriptor = path == "-" ? 0 : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path) }
        defer { if descriptor != 0 { close(descriptor) } }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(descriptor, &chunk, chunk.count)
            if count == 0 { return bytes }
            guard count > 0 else {
                if errno == EINTR { continue }
                throw failure(path)
            }
            bytes += chunk[..<count]
            guard bytes.count <= bytesMax else {
                throw CommandFailure("\(path) is larger than \(bytesMax / 1_048_576) MiB")
            }
        }
    }

    /// The text of a file.
    static func text(_ path: String) throws(CommandFailure) -> String {
        guard let text = String(validating: try bytes(path), as: UTF8.self) else {
            throw CommandFailure("\(path) is not valid UTF-8")
        }
        return text
    }

    private static func failure(_ path: String) -> CommandFailure {
        CommandFailure("\(path): \(String(cString: strerror(errno)))")
    }
}
