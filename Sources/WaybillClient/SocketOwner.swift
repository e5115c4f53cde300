import Foundation
import WaybillAccess

/// The process that serves at a Unix socket.
package struct SocketOwner: Hashable, Sendable {
    /// Its number; 0: the system does not say.
    package let process: Int32
    /// Whose process it is; nil: the system does not say.
    package let user: UInt32?

    /// Looks whether a process serves at a path; nil: there is no socket, or only one that a process left behind.
    package init?(at path: String) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        guard let bytes = SocketPath.short(path).map({ Array($0.utf8) }) else { return nil }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        let length = socklen_t(MemoryLayout<sockaddr_un>.size)
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, length) }
        }
        guard result == 0 else { return nil }
        // Of `struct ucred`: process, user, group.
        var peer: [Int32] = [0, 0, 0]
        var size = socklen_t(peer.count * MemoryLayout<Int32>.size)
        let isKnown = getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0
        process = isKnown ? peer[0] : 0
        user = isKnown ? UInt32(bitPattern: peer[1]) : nil
    }
}
