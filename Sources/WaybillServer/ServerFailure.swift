/// Why a server does not serve: what is wrong, and what would help.
public struct ServerFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// Which kind it is.
    public enum Kind: Hashable, Sendable {
        /// It was asked to serve in a way that it does not.
        case badSetting
        /// A commit failed: the book takes nothing until the file is opened again.
        case stopped
    }

    public let kind: Kind
    public let description: String

    init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }
}

extension BookServer.Settings {
    /// Bytes that the path of a socket may have on Linux.
    package static let socketPathBytesMax = 107

    /// Refuses what cannot be served, or must not be.
    ///
    /// - Parameter socket: its path; nil: there is none.
    func check(socket: String?) throws(ServerFailure) {
        if let http, !http.isLoopback {
            throw ServerFailure(
                .badSetting,
                "\(http) is not loopback, and this server has no TLS: serve at 127.0.0.1 and let a proxy on this "
                    + "machine take connections from outside")
        }
        if let socket, socket.utf8.count > Self.socketPathBytesMax {
            throw ServerFailure(
                .badSetting,
                "the path of the socket has \(socket.utf8.count) bytes, and \(Self.socketPathBytesMax) are possible; "
                    + "name a shorter one")
        }
        guard http != nil || socket != nil else {
            throw ServerFailure(.badSetting, "there is neither an address nor a socket to serve at")
        }
    }
}
