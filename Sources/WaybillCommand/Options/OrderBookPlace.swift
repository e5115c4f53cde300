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
            return Self.socket(of: path).map { Client(OverHTTP(.socket(path: $0.path))) }
        case .server(let url, let tokenFile):
            if url.hasPrefix("unix:"), url != "unix:" {
                return Client(OverHTTP(.socket(path: String(url.dropFirst("unix:".count)))))
            }
            guard url.hasPrefix("http://"), let address = HTTPAddress(Self.trimmed(url)) else {
                throw CommandFailure("--server is http://HOST:PORT or unix:PATH, not \(url)", status: .misused)
            }
            return Client(OverHTTP(.tcp(host: address.host, port: address.port), token: try Self.token(tokenFile)))
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
        guard let number = owner(of: path)?.process ?? holder(of: path)?.process else { return }
        let who = number > 0 ? "process \(number)" : "another process"
        throw CommandFailure(
            "\(path) is served by \(who), and this command needs the whole file: stop the server first, or use a "
                + "copy of the file")
    }

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

    private static func trimmed(_ url: String) -> String {
        let address = url.dropFirst("http://".count)
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
