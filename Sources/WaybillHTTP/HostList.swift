import Foundation

/// The names by which a server may be called. A page that makes a browser call loopback under another name is refused.
struct HostList: Sendable {
    private let names: Set<String>
    private let hasAddresses: Bool

    /// - Parameter hasAddresses: whether any number of an address is one of them. A page cannot make a browser believe
    ///   that a number is its own site, and monitors know machines by their numbers.
    init(_ names: [String], hasAddresses: Bool = false) {
        self.names = Set(names.map { $0.lowercased() })
        self.hasAddresses = hasAddresses
    }

    /// - Parameter authority: the host with its port, as the request names it.
    func allows(_ authority: String?) -> Bool {
        guard let authority else { return false }
        let host = Self.host(of: authority).lowercased()
        return names.contains(host) || hasAddresses && Self.isAddress(host)
    }

    private static func isAddress(_ host: String) -> Bool {
        var (four, six) = (in_addr(), in6_addr())
        return inet_pton(AF_INET, host, &four) == 1 || inet_pton(AF_INET6, host, &six) == 1
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
