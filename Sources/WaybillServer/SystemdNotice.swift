import Foundation

/// Tells systemd how a service is, where it asks for that: `Type=notify` names a socket in the environment.
package enum SystemdNotice {
    /// Tells that requests are taken.
    ///
    /// - Returns: false when something was to be told, and could not be.
    package static func ready() -> Bool {
        guard let path = ProcessInfo.processInfo.environment["NOTIFY_SOCKET"], !path.isEmpty else { return true }
        return send("READY=1", to: path)
    }

    /// Bytes that the path of a socket may have on Linux.
    private static let pathBytesMax = 107

    /// - Parameter path: of a file; `@` at its beginning stands for the zero of an abstract name.
    private static func send(_ state: String, to path: String) -> Bool {
        var name = Array(path.utf8)
        guard name.count <= pathBytesMax, path.hasPrefix("/") || path.hasPrefix("@") else {
            return false
        }
        if name.first == UInt8(ascii: "@") { name[0] = 0 }
        let file = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard file >= 0 else { return false }
        defer { close(file) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
        // An abstract name ends where the address does.
        let size = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
        let bytes = Array(state.utf8)
        let sent = withUnsafePointer(to: address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { sockaddr in
                sendto(file, bytes, bytes.count, Int32(MSG_NOSIGNAL), sockaddr, size)
            }
        }
        return sent == bytes.count
    }
}
