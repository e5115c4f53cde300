import WaybillCore
import WaybillServer

/// A server that clients of a benchmark ask, and the token with which they do.
package struct LoadTarget: Sendable {
    let host: String
    let port: Int
    let token: Text

    init(host: String = "127.0.0.1", port: Int, token: Text) {
        self.host = host
        self.port = port
        self.token = token
    }

    /// Reads `http://HOST:PORT`; nil: it is no such address.
    package init?(url: String, token: String) {
        guard url.hasPrefix("http://"), let address = HTTPAddress(String(url.dropFirst(7).trimmingSuffix("/"))),
            address.port > 0
        else { return nil }
        self.init(host: address.host, port: address.port, token: Text(token))
    }

    /// Another server of the same machine.
    func at(port: Int) -> LoadTarget { LoadTarget(host: host, port: port, token: token) }
}

extension Substring {
    fileprivate func trimmingSuffix(_ suffix: String) -> Substring {
        hasSuffix(suffix) ? dropLast(suffix.count) : self
    }
}
