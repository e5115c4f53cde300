import Foundation
import Synchronization

/// The path of a Unix socket, looked at before a server binds it: nothing that is there may be lost.
enum SocketFile {
    /// Refuses a path at which there is a file, or the socket of a process that runs. The socket that a process left
    /// behind is taken away when the new one is bound.
    static func check(_ path: String) throws(ServerFailure) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw ServerFailure(
                .badSetting, "at \(path) there is a file that is no socket, and it stays; --socket names another path")
        }
        guard isLeftBehind(path) else {
            throw ServerFailure(
                .addressTaken, "another process serves at the socket \(path); --socket names another path")
        }
    }

    /// Whether no process listens at a socket any more. One whose line is full, or whose user lets no one else in, is
    /// alive.
    private static func isLeftBehind(_ path: String) -> Bool {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return false }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let descriptor = socket(AF_UNIX, kind, 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        let length = socklen_t(MemoryLayout<sockaddr_un>.size)
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, length) }
        }
        return result != 0 && errno == ECONNREFUSED
    }
}

/// The sockets that one server has bound, and takes away when it ends. What another process has put at a path since is
/// that process's, and stays.
final class BoundSockets: Sendable {
    private struct Bound {
        let path: String
        let device: dev_t
        let file: ino_t
        /// The number of a file that is gone may be given to the next one, but not with the time of the first.
        let madeAt: timespec
    }

    private let bound = Mutex<[Bound]>([])

    /// Notes a socket that was bound just now, and leaves it to its user alone.
    func add(_ path: String) {
        chmod(path, 0o600)
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        let socket = Bound(path: path, device: status.st_dev, file: status.st_ino, madeAt: status.st_mtim)
        bound.withLock { $0.append(socket) }
    }

    /// Takes them away.
    func remove() {
        for socket in bound.withLock({ $0 }) {
            var status = stat()
            guard lstat(socket.path, &status) == 0, status.st_dev == socket.device, status.st_ino == socket.file,
                status.st_mtim.tv_sec == socket.madeAt.tv_sec, status.st_mtim.tv_nsec == socket.madeAt.tv_nsec
            else { continue }
            unlink(socket.path)
        }
    }
}
