import Foundation
import WaybillClient
import WaybillCore
import WaybillServer
import WaybillStore

/// Where an order book is: a file, or a server.
enum OrderBookPlace {
    case file(String)
    case server(String, tokenFile: String?)

    /// The file that the environment names.
    static var usual: String? {
        ProcessInfo.processInfo.environment["WAYBILL_DB"].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// What messages call it.
    var name: String {
        switch self {
        case .file(let path): path
        case .server(let url, _): url
        }
    }

    /// The path of the file; empty: a server has it.
    var path: String {
        switch self {
        case .file(let path): path
        case .server: ""
        }
    }

    var isServer: Bool {
        switch self {
        case .file: false
        case .server: true
        }
    }

    /// Who is asked; nil: the file is closed, and this process may open it.
    func client() throws(CommandFailure) -> Client? {
        switch self {
        case .file(let path):
            guard let found = Self.socket(of: path) else { return nil }
            let trusted = Self.trustedUsers(of: path)
            try Self.requireTrust(in: found.owner, of: path, trusted)
            // Another process may listen there by now: who is asked is looked at once more on the connection itself.
            return Client(OverHTTP(.socket(path: found.path), trusted: trusted))
        case .server(let url, let tokenFile):
            if url.hasPrefix("unix:"), url != "unix:" {
                return Client(OverHTTP(.socket(path: String(url.dropFirst("unix:".count)))))
            }
            let scheme = ["http://", "https://"].first { url.hasPrefix($0) }
            guard let scheme, let address = HTTPAddress(Self.trimmed(url, of: scheme)) else {
                throw CommandFailure(
                    "--server is http://HOST:PORT, https://HOST:PORT or unix:PATH, not \(url)", status: .misused)
            }
            let tls: ClientTLS? = if scheme == "https://" { try Self.tls() } else { nil }
            let token = try Self.token(tokenFile)
            if tls == nil, token != nil, !address.isLoopback {
                Output.error.line(
                    "waybill: the token goes to \(url) without TLS: everyone on the way reads it; https:// hides it"
                        .printable)
            }
            return Client(OverHTTP(.tcp(host: address.host, port: address.port), token: token, tls: tls))
        }
    }

    /// Refuses an order book that a server has, for a command that needs the whole file.
    func requireClosed() throws(CommandFailure) {
        switch self {
        case .file(let path): try Self.requireClosed(path)
        case .server(let url, _):
            throw CommandFailure(
                "\(url) is a server, and this command needs the whole file: stop the server, and name its file with "
                    + "--db", status: .misused)
        }
    }

    /// Refuses a file that a server has open, for a command that needs the whole file.
    static func requireClosed(_ path: String) throws(CommandFailure) {
        guard let number = process(serving: path) else { return }
        let who = number > 0 ? "process \(number)" : "another process"
        throw CommandFailure(
            "\(path) is served by \(who), and this command needs the whole file: stop the server first, or use a "
                + "copy of the file")
    }

    /// Whose process is asked at the socket of a file: root's, this user's, or that of the owner of the file. Anyone
    /// who may make files in its folder could listen there, and be told what is meant for the order book.
    private static func trustedUsers(of path: String) -> Set<UInt32> {
        var status = stat()
        let owner = stat(path, &status) == 0 ? [status.st_uid] : []
        return Set([0, geteuid()] + owner)
    }

    private static func requireTrust(
        in owner: SocketOwner, of path: String, _ trusted: Set<UInt32>
    ) throws(CommandFailure) {
        guard let user = owner.user, !trusted.contains(user) else { return }
        var status = stat()
        let file = stat(path, &status) == 0 ? "the file is of the user \(status.st_uid)" : "the file is not there"
        throw CommandFailure(
            "a process of the user \(user) listens at the socket of \(path), and \(file): it is not asked; "
                + "`--server unix:PATH` asks the process that is there")
    }

    /// The number of the process that serves a file, at a socket or not, 0 when it is not known; nil: none does.
    static func process(serving path: String) -> Int32? { owner(of: path)?.process ?? holder(of: path)?.process }

    /// The process that serves a file at a socket; nil: none does.
    static func owner(of path: String) -> SocketOwner? { socket(of: path)?.owner }

    /// The socket of the process that serves a file; nil: there is none. The lock of the file says where it is. It is
    /// beside the file when its server is of a release that did not say so, or sees the file in another folder.
    private static func socket(of path: String) -> (path: String, owner: SocketOwner)? {
        let serving = holder(of: path)?.serving
        let beside = path + ".sock"
        let places = serving.map { $0.socket.map { [$0, beside] } ?? [] } ?? [beside]
        for place in places {
            if let owner = SocketOwner(at: place) { return (place, owner) }
        }
        return nil
    }

    /// The process that serves a file, as its lock says; nil: there is none, or the opening says what is wrong.
    private static func holder(of path: String) -> FileHolder? {
        do {
            return try Store.servingHolder(of: path)
        } catch {
            return nil
        }
    }

    /// Which issuers of certificates to trust: those of a file that the environment names, or those of this machine.
    private static func tls() throws(CommandFailure) -> ClientTLS {
        let authorities = ProcessInfo.processInfo.environment["WAYBILL_CA"].flatMap { $0.isEmpty ? nil : $0 }
        do throws(ClientFailure) {
            return try ClientTLS(authorities: authorities)
        } catch {
            throw CommandFailure("WAYBILL_CA: \(error.message)", status: .misused)
        }
    }

    private static func trimmed(_ url: String, of scheme: String) -> String {
        let address = url.dropFirst(scheme.count)
        return String(address.hasSuffix("/") ? address.dropLast() : address)
    }

    /// The token of a file, or of the environment.
    private static func token(_ file: String?) throws(CommandFailure) -> Text? {
        let text =
            if let file { try WholeFile.text(file) } else { ProcessInfo.processInfo.environment["WAYBILL_TOKEN"] ?? "" }
        let token = text.trimmingCharacters(in: .whitespacesAndNewlines)
        return token.isEmpty ? nil : Text(token)
    }
}
