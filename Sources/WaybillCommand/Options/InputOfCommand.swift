import Foundation

/// A file that a command reads more than once: the one that was named, or a copy of standard input.
struct InputOfCommand {
    /// Where it lies.
    let file: String
    /// What it is called in findings.
    let name: String
    private let directory: String?

    /// - Parameter path: `-`: what comes from standard input goes to a temporary file first.
    init(_ path: String) throws(CommandFailure) {
        guard path == "-" else {
            (file, name, directory) = (path, path, nil)
            return
        }
        let directory = try TemporaryDirectory.make("waybill-input")
        (file, name, self.directory) = (directory + "/input", "standard input", directory)
        do throws(CommandFailure) {
            try Self.copyInput(to: file)
        } catch {
            remove()
            throw error
        }
    }

    /// Removes what was copied.
    func remove() {
        guard let directory else { return }
        unlink(file)
        rmdir(directory)
    }

    private static func copyInput(to path: String) throws(CommandFailure) {
        let target = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard target >= 0 else { throw failure("cannot be kept", at: path) }
        defer { close(target) }
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(0, &buffer, buffer.count)
            if count == 0 { return }
            if count < 0 {
                if errno == EINTR { continue }
                throw failure("cannot be read", at: path)
            }
            var rest = buffer[..<count]
            while !rest.isEmpty {
                let written = rest.withUnsafeBytes { write(target, $0.baseAddress, $0.count) }
                if written >= 0 {
                    rest = rest.dropFirst(written)
                } else if errno != EINTR {
                    throw failure("cannot be kept", at: path)
                }
            }
        }
    }

    private static func failure(_ what: String, at path: String) -> CommandFailure {
        let reason = String(cString: strerror(errno))
        return CommandFailure(
            "standard input \(what): \(reason); it goes to \(path.printable) first, and TMPDIR names another place")
    }
}
