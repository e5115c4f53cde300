import Foundation
import GRPCServing
import WaybillAPI
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
            guard certificate != nil || isBehindProxy else {
                throw ServerFailure(
                    .badSetting,
                    "\(http) is not loopback, and without TLS everyone on the way reads tokens: --tls-cert and "
                        + "--tls-key name a certificate and its key; --behind-proxy says that a proxy with TLS is all "
                        + "that reaches this address")
            }
            guard !isOpen else {
                throw ServerFailure(
                    .badSetting, "\(http) is not loopback, and --open asks for no token: serve without one of them")
            }
        }
        try checkCertificate()
        if let rocketMQ, !rocketMQ.isLoopback {
            throw ServerFailure(
                .badSetting,
                "\(rocketMQ) is not loopback, and RocketMQ clients are served without TLS: serve them at 127.0.0.1")
        }
        if let socket, SocketPath.short(socket) == nil {
            throw ServerFailure(
                .badSetting,
                "the path of the socket has \(socket.utf8.count) bytes, and \(SocketPath.bytesMax) are possible; "
                    + "name a shorter one")
        }
        guard http != nil || socket != nil || rocketMQ != nil else {
            throw ServerFailure(.badSetting, "there is neither an address nor a socket to serve at")
        }
        try addedOperations.check(beside: API.operations + operations)
        try backups?.check(beside: file)
        guard let socket else { return }
        let own = file.map { file in ["", "-wal", "-shm", ".lock"].map { Self.place(file + $0) } } ?? []
        guard !own.contains(Self.place(socket)) else {
            throw ServerFailure(.badSetting, "\(socket) is a file of the order book; --socket names another path")
        }
        try SocketFile.check(socket)
    }

    /// Refuses to serve beyond this machine before there is a token, without which no caller could do anything.
    func checkReach(hasToken: Bool, of file: String?) throws(ServerFailure) {
        guard let http, !http.isLoopback, !hasToken else { return }
        throw ServerFailure(
            .badSetting,
            "\(http) is not loopback, and no token stands yet: `waybill token create --db \(file ?? "FILE") --name "
                + "NAME --grant GRANT --reason WHY` makes one; serve then")
    }

    private func checkCertificate() throws(ServerFailure) {
        guard certificate == nil || http != nil else {
            throw ServerFailure(.badSetting, "there is a certificate, and no address over TCP to serve with it")
        }
        _ = try certificates()
    }

    /// The certificate to serve with, as its files have it now; nil: it serves without TLS.
    func certificates() throws(ServerFailure) -> Certificates? {
        guard let certificate else { return nil }
        do throws(CertificateFailure) {
            return try Certificates(CertificateFiles(certificate: certificate.chain, key: certificate.key))
        } catch {
            throw ServerFailure(.badSetting, error.message)
        }
    }

    /// A path without links and dots, so that two can be compared.
    private static func place(_ path: String) -> String {
        let url = URL(fileURLWithPath: path)
        return url.deletingLastPathComponent().resolvingSymlinksInPath().appendingPathComponent(url.lastPathComponent)
            .path
    }
}

extension ServerFailure {
    /// - Parameter address: where RocketMQ clients were to be served.
    init(_ failure: ListenFailure, at address: HTTPAddress?) {
        let place = address.map { "\($0)" } ?? "the address"
        self.init(
            .addressTaken,
            failure.isTaken
                ? "another program serves at \(place); --rocketmq names another address, port 0 takes a free one"
                : "\(place) cannot be served at: \(failure.why); --rocketmq names another address")
    }

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
