import Foundation

/// Reads a file whole that is known to be small.
enum SmallFile {
    private static let bytesMax = 1_024 * 1_024

    /// - Parameter isSecret: whether a file that every user of this machine can read is refused.
    static func bytes(of path: String, isSecret: Bool) throws(CertificateFailure) -> [UInt8] {
        // A pipe is not waited for.
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else {
            throw CertificateFailure("\(path) cannot be read: \(String(cString: strerror(errno)))")
        }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw CertificateFailure("\(path) is no file")
        }
        guard !isSecret || status.st_mode & 0o007 == 0 else {
            let mode = String(status.st_mode & 0o777, radix: 8)
            throw CertificateFailure(
                "every user of this machine can open the key \(path) (mode \(mode)); `chmod 600 \(path)` ends that")
        }
        guard (1...off_t(bytesMax)).contains(status.st_size) else {
            throw CertificateFailure("\(path) has \(status.st_size) bytes; 1 to \(bytesMax) are read")
        }
        var bytes = [UInt8](repeating: 0, count: bytesMax)
        var count = 0
        while count < bytes.count {
            let read = bytes[count...].withUnsafeMutableBytes { Foundation.read(file, $0.baseAddress, $0.count) }
            if read < 0, errno == EINTR { continue }
            guard read >= 0 else {
                throw CertificateFailure("\(path) cannot be read: \(String(cString: strerror(errno)))")
            }
            guard read > 0 else { break }
            count += read
        }
        guard count > 0 else { throw CertificateFailure("\(path) is empty") }
        return Array(bytes[..<count])
    }
}
