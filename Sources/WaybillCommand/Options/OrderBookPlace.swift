import Foundation
import WaybillClient
import WaybillCore
import WaybillServer

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
            let socket = Self.socket(of: path)
            return SocketOwner(at: socket).map { _ in Client(OverHTTP(.socket(path: socket))) }
        case .server(let url, let tokenFile):
            guard url.hasPrefix("http://"), let address = HTTPAddress(Self.trimmed(url)) else {
                throw CommandFailure("--server is http://HOST:PORT, not \(url)", status: .misused)
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
        guard let owner = owner(of: path) else { return }
        let who = owner.process > 0 ? "process \(owner.process)" : "another process"
        throw CommandFailure(
            "\(path) is served by \(who), and this command needs the whole file: stop the server first, or use a "
                + "copy of the file")
    }

    /// The process that serves a file; nil: none does.
    static func owner(of path: String) -> SocketOwner? { SocketOwner(at: socket(of: path)) }

    private static func socket(of path: String) -> String { path + ".sock" }

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
