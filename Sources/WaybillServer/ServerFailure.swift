import Foundation
import WaybillAccess
import WaybillHTTP

/// Why a server does not serve: what is wrong, and what would help.
public struct ServerFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// Which kind it is.
    public enum Kind: Hashable, Sendable {
        /// It was asked to serve in a way that it does not.
        case badSetting
        /// Another program serves at the address or the socket, or the system does not let this one.
        case addressTaken
        /// A commit failed: the book takes nothing until the file is opened again.
        case stopped
        /// The file cannot be read.
        case unreadable
    }

    public let kind: Kind
    public let description: String

    init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }
}

extension BookServer.Settings {
    /// Refuses what cannot be served, or must not be.
    ///
    /// - Parameters:
    ///   - socket: its path; nil: there is none.
    ///   - file: the path of the order book's file, which may not be there yet; nil: in memory.
    package func check(socket: String?, beside file: String?) throws(ServerFailure) {
        if let http, !http.isLoopback {
            throw ServerFailure(
                .badSetting,
                "\(http) is not loopback, and this server has no TLS: serve at 127.0.0.1 and let a proxy on this "
                    + "machine take connections from outside")
        }
        if let socket, SocketPath.short(socket) == nil {
            throw ServerFailure(
                .badSetting,
                "the path of the socket has \(socket.utf8.count) bytes, and \(SocketPath.bytesMax) are possible; "
                    + "name a shorter one")
        }
        guard http != nil || socket != nil else {
            throw ServerFailure(.badSetting, "there is neither an address nor a socket to serve at")
        }
        try backups?.check(beside: file)
        guard let socket else { return }
        let own = file.map { file in ["", "-wal", "-shm", ".lock"].map { Self.place(file + $0) } } ?? []
        guard !own.contains(Self.place(socket)) else {
            throw ServerFailure(.badSetting, "\(socket) is a file of the order book; --socket names another path")
        }
        try SocketFile.check(socket)
    }

    /// A path without links and dots, so that two can be compared.
    private static func place(_ path: String) -> String {
        let url = URL(fileURLWithPath: path)
        return url.deletingLastPathComponent().resolvingSymlinksInPath().appendingPathComponent(url.lastPathComponent)
            .path
    }
}

extension ServerFailure {
    init(_ failure: AddressFailure) {
        switch failure.address {
        case .tcp(let host, let port):
            let place = HTTPAddress(host: host, port: port)
            self.init(
                .addressTaken,
                failure.isTaken
                    ? "another program serves at \(place); --http names another address, port 0 takes a free one"
                    : "\(place) cannot be served at: \(failure.why); --http names another address")
        case .socket(let path):
            self.init(
                .addressTaken, "the socket \(path) cannot be made: \(failure.why); --socket names another path")
        }
    }
}
