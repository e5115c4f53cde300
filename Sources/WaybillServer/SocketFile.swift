import Foundation
import WaybillAccess

extension BookServer.SocketPlace {
    /// The path of the socket; nil: there is none, also where only its name is too long for one.
    ///
    /// - Parameter file: the path of the order book's file; nil: in memory.
    package func path(beside file: String?) -> String? {
        switch self {
        case .off: nil
        case .at(let path): path
        case .besideFile: file.map { $0 + ".sock" }.flatMap { SocketPath.short($0) == nil ? nil : $0 }
        }
    }
}

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

    /// Leaves a socket that was bound just now to its user alone. NIO takes it away when it is closed.
    static func leaveToItsUser(_ path: String) { chmod(path, 0o600) }

    /// Whether no process listens at a socket any more. One that has too many connections in line, or lets only its own
    /// user in, still listens.
    private static func isLeftBehind(_ path: String) -> Bool {
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let descriptor = socket(AF_UNIX, kind, 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return !SocketPath.connect(descriptor, to: path) && errno == ECONNREFUSED
    }
}
