/// A host and a port of this machine.
public struct HTTPAddress: Hashable, Sendable, CustomStringConvertible {
    public var host: String
    public var port: Int

    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Reads `127.0.0.1:7070` or `[::1]:7070`; nil: it is none.
    public init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (0...65_535).contains(port)
        else { return nil }
        var host = String(text[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        guard !host.isEmpty else { return nil }
        self.init(host: host, port: port)
    }

    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// Whether only programs of this machine reach it.
    public var isLoopback: Bool {
        host == "localhost" || host == "::1"
            || host.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }.isLoopback
    }
}

extension [Int?] {
    /// 127.x.y.z
    fileprivate var isLoopback: Bool {
        count == 4 && self[0] == 127 && allSatisfy { $0.map((0...255).contains) ?? false }
    }
}
