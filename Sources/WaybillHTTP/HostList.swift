/// The names by which a server may be called. A page that makes a browser call loopback under another name is refused.
struct HostList: Sendable {
    private let names: Set<String>

    init(_ names: [String]) { self.names = Set(names.map { $0.lowercased() }) }

    /// - Parameter authority: the host with its port, as the request names it.
    func allows(_ authority: String?) -> Bool {
        guard let authority else { return false }
        return names.contains(Self.host(of: authority).lowercased())
    }

    /// The part before the port; of `[::1]:7070` the address.
    private static func host(of authority: String) -> String {
        if authority.hasPrefix("[") {
            return String(authority.dropFirst().prefix { $0 != "]" })
        }
        guard let colon = authority.lastIndex(of: ":") else { return authority }
        return String(authority[..<colon])
    }
}
